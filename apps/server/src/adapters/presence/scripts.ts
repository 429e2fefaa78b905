/**
 * Who is here, in Redis. All keys share one hash tag, so that each script sees everything at one moment:
 *   {presence}:user:<user>      hash   "<member> <connection>" -> 1 looks, 0 does not
 *   {presence}:member:<member>  set    "<user> <connection>" of one member, to be cleared when it is gone
 *   {presence}:members          sorted set  member -> until when it is taken to live (ms by the server's clock)
 *   {presence}:seen             hash   member -> when it was last heard of
 * A member is one instance since it joined last, named "<instance>:<number>". Changes are published to the instance that
 * tells of the person, in the order in which they happen here.
 */
export const keys = ['{presence}:members', '{presence}:seen'] as const;

export const inboxOf = (instanceId: string): string => `{presence}:to:${instanceId}`;

/** Everyone's changes are told by one instance, the same for all who ask: the one whose hash with the person is highest. */
const shared = `
local members, seen = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local publish = ARGV[1]
local isQuiet = false

local function userKey(user) return '{presence}:user:' .. user end
local function memberKey(member) return '{presence}:member:' .. member end

local function stateOf(user)
  local state = 'offline'
  for _, looks in ipairs(redis.call('HVALS', userKey(user))) do
    if looks == '1' then return 'online' end
    state = 'away'
  end
  return state
end

local function tellersOf(user)
  local known, tellers = {}, {}
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', members, '(' .. now, '+inf')) do
    local instance = string.match(member, '^(.*):')
    if not known[instance] then
      known[instance] = true
      table.insert(tellers, { instance = instance, weight = redis.sha1hex(instance .. ' ' .. user) })
    end
  end
  table.sort(tellers, function(a, b) return a.weight > b.weight end)
  return tellers
end

local function send(user, message)
  if isQuiet then return end
  message.userId = user
  local text = cjson.encode(message)
  for _, teller in ipairs(tellersOf(user)) do
    if redis.call(publish, '{presence}:to:' .. teller.instance, text) > 0 then return end
  end
end

local function changing(user, goneAt, change)
  local from = stateOf(user)
  change()
  local to = stateOf(user)
  if from ~= to then send(user, { from = from, to = to, goneAt = to == 'offline' and goneAt or nil }) end
end

local function isMember(member)
  local untilWhen = redis.call('ZSCORE', members, member)
  return untilWhen and tonumber(untilWhen) > now
end

local function put(member, user, connection, looks)
  changing(user, nil, function()
    redis.call('HSET', userKey(user), member .. ' ' .. connection, looks)
    redis.call('SADD', memberKey(member), user .. ' ' .. connection)
  end)
end

local function drop(member, user, connection, goneAt)
  changing(user, goneAt, function()
    redis.call('HDEL', userKey(user), member .. ' ' .. connection)
    redis.call('SREM', memberKey(member), user .. ' ' .. connection)
  end)
end
`;

/** ARGV: publish, member, leaseMs. */
const join = `${shared}
redis.call('ZADD', members, now + ARGV[3], ARGV[2])
redis.call('HSET', seen, ARGV[2], now)
return 1`;

/** ARGV: publish, member, 0 to tell nobody, then user, connection, looks for each. 0: not a member (any more), and nothing is done. */
const puts = `${shared}
if not isMember(ARGV[2]) then return 0 end
isQuiet = ARGV[3] == '0'
for index = 4, #ARGV, 3 do put(ARGV[2], ARGV[index], ARGV[index + 1], ARGV[index + 2]) end
return 1`;

/** ARGV: publish, member, user, connection, goneAt. */
const leave = `${shared}
if not isMember(ARGV[2]) then return 0 end
drop(ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]))
return 1`;

/** ARGV: publish, member, leaseMs. Renews; returns who is dead and who lives, or nothing when the member itself is taken to be dead. */
const beat = `${shared}
if not isMember(ARGV[2]) then return false end
redis.call('ZADD', members, now + ARGV[3], ARGV[2])
redis.call('HSET', seen, ARGV[2], now)
return {
  redis.call('ZRANGEBYSCORE', members, '-inf', now, 'LIMIT', 0, 16),
  redis.call('ZRANGEBYSCORE', members, '(' .. now, '+inf')
}`;

/** ARGV: publish, member, ms. It is to be taken for dead when that time is over. */
const retire = `${shared}
if redis.call('ZADD', members, 'XX', 'CH', now + ARGV[3], ARGV[2]) == 1 then redis.call('HSET', seen, ARGV[2], now) end
return 1`;

/** ARGV: publish, member, count. Clears that many connections of a dead member; returns how many it still has. */
const reap = `${shared}
local member = ARGV[2]
local untilWhen = redis.call('ZSCORE', members, member)
if not untilWhen or tonumber(untilWhen) > now then return 0 end
local goneAt = tonumber(redis.call('HGET', seen, member) or now)
for _, entry in ipairs(redis.call('SPOP', memberKey(member), ARGV[3])) do
  local user, connection = string.match(entry, '^(.*) (.*)$')
  drop(member, user, connection, goneAt)
end
local left = redis.call('SCARD', memberKey(member))
if left == 0 then
  redis.call('ZREM', members, member)
  redis.call('HDEL', seen, member)
end
return left`;

/** ARGV: publish, then users. */
const states = `${shared}
local found = {}
for index = 2, #ARGV do found[index - 1] = stateOf(ARGV[index]) end
return found`;

/** ARGV: publish, then users. */
const sockets = `${shared}
local found = {}
for index = 2, #ARGV do found[index - 1] = redis.call('HKEYS', userKey(ARGV[index])) end
return found`;

/** ARGV: publish, user. Whoever tells of the person is to look at them again. */
const nudge = `${shared}
local state = stateOf(ARGV[2])
send(ARGV[2], { from = state, to = state })
return 1`;

export const scripts = { join, puts, leave, beat, retire, reap, states, sockets, nudge };

export type ScriptName = keyof typeof scripts;
