import type { Pinia } from 'pinia';
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router';
import { useSession } from './features/auth/session.ts';
import AppShell from './features/shell/AppShell.vue';
import { rememberPlaces } from './platform/go-back.ts';
import { closeLayersOnBack } from './platform/layers.ts';

declare module 'vue-router' {
  interface RouteMeta {
    /** `in`: for people who are signed in, `out`: for those who are not, `any`: for both, differently. */
    signed?: 'in' | 'out' | 'any';
    /** Shown in the pane beside the list; below 600 px instead of it. */
    isDetail?: boolean;
  }
}

const conversation = () => import('./features/conversation/ConversationPage.vue');
/** The list comes first; what is opened from it is fetched right after, so that the click need not wait. */
const aheadMs = 300;

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/app' },
  {
    path: '/login',
    name: 'login',
    meta: { signed: 'out' },
    component: () => import('./features/auth/SignInPage.vue'),
  },
  {
    path: '/register',
    name: 'register',
    meta: { signed: 'out' },
    component: () => import('./features/auth/SignUpPage.vue'),
  },
  {
    path: '/app',
    meta: { signed: 'in' },
    component: AppShell,
    children: [
      { path: '', name: 'chats', component: () => import('./features/shell/NothingChosen.vue') },
      { path: 'archive', name: 'archived', component: () => import('./features/shell/NothingChosen.vue') },
      {
        path: 'c/:chatId',
        name: 'chat',
        meta: { isDetail: true },
        props: true,
        component: conversation,
      },
      {
        path: 'settings/:section?',
        name: 'settings',
        meta: { isDetail: true },
        component: () => import('./features/settings/SettingsPage.vue'),
      },
    ],
  },
  {
    path: '/@:username',
    meta: { signed: 'in' },
    component: () => import('./features/info/PersonPage.vue'),
    props: true,
  },
  {
    path: '/c/:publicName',
    name: 'public',
    meta: { signed: 'any' },
    component: () => import('./features/info/PublicPage.vue'),
    props: true,
  },
  {
    path: '/join/:token',
    meta: { signed: 'any' },
    component: () => import('./features/invites/InvitationPage.vue'),
    props: true,
  },
  { path: '/:rest(.*)*', component: () => import('./features/shell/NotFoundPage.vue') },
];

export function createRoutes(pinia: Pinia): Router {
  const router = createRouter({ history: createWebHistory(), routes });
  closeLayersOnBack(router);
  rememberPlaces(router);
  router.beforeEach(async (to) => {
    const { signed } = to.meta;
    if (signed === undefined) return true;
    const isSignedIn = await useSession(pinia).look();
    if (signed === 'in' && !isSignedIn) {
      return { name: 'login', query: to.path === '/app' ? {} : { next: to.fullPath } };
    }
    return signed === 'out' && isSignedIn ? { name: 'chats' } : true;
  });
  router.afterEach(({ name }) => {
    // Without a network it is asked for again when it is opened.
    if (name === 'chats') setTimeout(() => void conversation().catch(() => {}), aheadMs);
  });
  return router;
}
