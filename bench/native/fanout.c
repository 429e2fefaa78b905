/* A bare epoll loop: one shared frame written to each socket, nothing else. The floor of what a fan-out costs here.
 * Prints its two ports; ends when its standard input does. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, WAITING = 1, OPEN = 2, CONTROL = 3, SIZES = 128 };

static int sockets[MOST], opened;
static char state[MOST];
static int loop;
static unsigned long long offset = 1000000;

static const char answer[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
#define PLACE                                                                                                     \
  "\"chat:0197a1f0-0000-7000-8000-000000000001\",\"epoch\":\"0197a1f0-0000-7000-8000-000000000004\",\"offset\":%llu}"
static const char message[] =
    "{\"type\":\"message\",\"chatId\":\"0197a1f0-0000-7000-8000-000000000001\",\"message\":{\"id\":"
    "\"0197a1f0-0000-7000-8000-000000000002\",\"chatId\":\"0197a1f0-0000-7000-8000-000000000001\",\"senderId\":"
    "\"0197a1f0-0000-7000-8000-000000000003\",\"content\":\"Shall we meet at the station at eight?\",\"messageType\":"
    "\"text\",\"status\":\"sent\",\"sequence\":1,\"sentAt\":\"2025-11-20T12:00:00.000Z\"},\"topic\":" PLACE;
static char text[16384];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
}

static int listenAnywhere(int *port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 4096) < 0) fail("listen");
  getsockname(fd, (struct sockaddr *)&address, &size);
  *port = ntohs(address.sin_port);
  watch(fd);
  return fd;
}

static void acceptAll(int listener, char as) {
  int one = 1, fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    if (fd >= MOST) fail("too many sockets");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    state[fd] = as;
    watch(fd);
  }
}

/* From here on every event carries so many hundred bytes. */
static void carry(int hundreds) {
  int length = sprintf(text, "{\"type\":\"message\",\"text\":\"");
  memset(text + length, 'x', (size_t)hundreds * 100);
  strcpy(text + length + hundreds * 100, "\",\"topic\":" PLACE);
}

static void fanOut(void) {
  unsigned char frame[16384];
  int length = snprintf((char *)frame + 4, sizeof frame - 4, text, ++offset);
  frame[0] = 0x81;
  frame[1] = 126;
  frame[2] = (unsigned char)(length >> 8);
  frame[3] = (unsigned char)length;
  for (int i = 0; i < opened; i++)
    if (write(sockets[i], frame, (size_t)length + 4) != length + 4) fail("a reader is too slow");
}

static void tellCpu(int fd) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  uint64_t micros = (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000u +
                    (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  if (write(fd, &micros, sizeof micros) != sizeof micros) fail("control");
}

static void receive(int fd) {
  char bytes[4096];
  ssize_t count = read(fd, bytes, sizeof bytes);
  if (count <= 0) {
    if (count < 0 && errno == EAGAIN) return;
    if (state[fd] != CONTROL) exit(0);
    close(fd);
  } else if (state[fd] == WAITING && memmem(bytes, (size_t)count, "\r\n\r\n", 4) != NULL) {
    state[fd] = OPEN;
    sockets[opened++] = fd;
    if (write(fd, answer, sizeof answer - 1) < 0) fail("answer");
  } else if (state[fd] == CONTROL) {
    for (ssize_t i = 0; i < count; i++) {
      if (bytes[i] == 0) tellCpu(fd);
      int asked = (unsigned char)bytes[i];
      if (asked > SIZES) carry(asked - SIZES);
      else for (int event = 0; event < asked; event++) fanOut();
    }
  }
}

int main(void) {
  int port, controlPort;
  strcpy(text, message);
  loop = epoll_create1(0);
  int listener = listenAnywhere(&port), control = listenAnywhere(&controlPort);
  watch(0);
  printf("%d %d\n", port, controlPort);
  fflush(stdout);
  for (;;) {
    struct epoll_event events[256];
    int count = epoll_wait(loop, events, 256, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) acceptAll(fd, WAITING);
      else if (fd == control) acceptAll(fd, CONTROL);
      else if (fd == 0) exit(0);
      else receive(fd);
    }
  }
}
