-- WITH draws funds
-- Accepts a call: its hold, its jobs and its answer, all or nothing. A repeated call gets what was answered first. The space's window
-- is the one that is stored until that has ended; the one that follows it is stored by whoever comes first.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 ids as JSON  4 who asks  5 whose window and lots pay  6 the pot that pays instead, or empty
--       7 window  8 its start ms  9 its end ms  10 allowance  11 ms until progress is due  12 call TTL s
--       13 quota TTL s past the window's end  14 record TTL s
--       15 credits a member may use in a window, of pots too  16 jobs at once  17 jobs that wait  18 the space's credits  19 its money: empty for no limit
--       20.. per job: id, request JSON, price, money
-- RETURNS  {'repeated', digest, jobs, price, left} | {'window', id, start, end of the one that stands; empty where none does} | {'balance', left}
--          | {'pot', left} | {'cap', 'spend' | 'once' | 'waiting' | 'credits' | 'money', left} | {'taken'} | {'accepted', left, now ms}
local call, asker, member, pot = P .. ARGV[1], ARGV[4], ARGV[5], ARGV[6]
local known = redis.call('HMGET', call, 'digest', 'jobs', 'price', 'left')
if known[1] then
  return { 'repeated', known[1], known[2], known[3], known[4] }
end
local total, money, count = 0, 0, (#ARGV - 19) / 4
for i = 1, count do
  if redis.call('EXISTS', P .. 'job:' .. ARGV[16 + 4 * i]) == 1 then
    return { 'taken' }
  end
  total = total + tonumber(ARGV[18 + 4 * i])
  money = money + tonumber(ARGV[19 + 4 * i])
end
local window, starts, ends = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
local refusal, rolls = refused(window, starts, ends)
if refusal then
  return refusal
end

local under = P .. 'under:' .. asker
if ARGV[16] ~= '' then
  local free = tonumber(ARGV[16]) - redis.call('SCARD', under)
  if count > free then
    return { 'cap', 'once', whole(math.max(0, free)) }
  end
end
if ARGV[17] ~= '' then
  local free = tonumber(ARGV[17])
  for _, id in ipairs(redis.call('SMEMBERS', under)) do
    if redis.call('ZSCORE', P .. 'waiting', id) then
      free = free - 1
    end
  end
  if count > free then
    return { 'cap', 'waiting', whole(math.max(0, free)) }
  end
end
local used = P .. 'used:' .. window
if ARGV[18] ~= '' or ARGV[19] ~= '' then
  local is = redis.call('HMGET', used, 'held', 'spent', 'money_held', 'money_spent')
  local credits = tonumber(ARGV[18] ~= '' and ARGV[18] or total) - (ARGV[18] ~= '' and tonumber(is[1] or 0) + tonumber(is[2] or 0) or 0)
  if total > credits then
    return { 'cap', 'credits', whole(math.max(0, credits)) }
  end
  local funds = tonumber(ARGV[19] ~= '' and ARGV[19] or money) - (ARGV[19] ~= '' and tonumber(is[3] or 0) + tonumber(is[4] or 0) or 0)
  if money > funds then
    return { 'cap', 'money', whole(math.max(0, funds)) }
  end
end

-- Who pays: a pot, or the member. The member's cap holds for both.
local quota = P .. 'quota:' .. member .. ':' .. window
local is = redis.call('HMGET', quota, 'held', 'spent', 'pledged', 'lot_held', 'lot_spent', 'pot_held', 'pot_spent')
for i = 1, 7 do
  is[i] = math.max(0, tonumber(is[i] or 0))
end
local sources, left
if pot ~= '' then
  local about = redis.call('HMGET', P .. 'pot:' .. pot, 'deadline', 'closed')
  sources, left = live(P .. 'shares:' .. pot, true)
  if not about[1] or about[2] or now >= tonumber(about[1]) then
    left = 0
  end
else
  local own = math.max(0, tonumber(ARGV[10]) - is[1] - is[2] - is[3])
  sources, left = live(P .. 'lots:' .. member)
  sources[#sources + 1] = { id = 'w', left = own, expires = ends }
  table.sort(sources, earlier)
  left = left + own
end
if ARGV[15] ~= '' then
  local cap = math.max(0, tonumber(ARGV[15]) - is[1] - is[2] - is[4] - is[5] - is[6] - is[7])
  if total > cap and cap <= left then
    return { 'cap', 'spend', whole(cap) }
  end
  left = pot ~= '' and left or math.min(left, cap)
end
if total > left then
  return { pot ~= '' and 'pot' or 'balance', whole(left) }
end

local stamp = whole(now)
local over = string.format('%.0f', ends + tonumber(ARGV[13]) * 1000)
if rolls then
  roll(window, starts, ends)
end
redis.call('HINCRBY', used, 'held', whole(total))
if money > 0 then
  redis.call('HINCRBY', used, 'money_held', whole(money))
end
redis.call('PEXPIREAT', used, over)
local texts = {}
for i = 1, count do
  local price, cost = ARGV[18 + 4 * i], ARGV[19 + 4 * i]
  local draws = pot ~= '' and prorated(sources, tonumber(price)) or drawn(sources, tonumber(price))
  for _, draw in ipairs(draws) do
    if pot ~= '' then
      change(P .. 'shares:' .. pot, '', draw.id, -draw.n, draw.n, 0)
      redis.call('HINCRBY', quota, 'pot_held', whole(draw.n))
    elseif draw.id == 'w' then
      redis.call('HINCRBY', quota, 'held', whole(draw.n))
    else
      change(P .. 'lots:' .. member, '', draw.id, -draw.n, draw.n, 0)
      redis.call('HINCRBY', quota, 'lot_held', whole(draw.n))
    end
  end
  local id, text = ARGV[16 + 4 * i], packed(draws)
  local line = note('kind', 'hold', 'member', member, 'window', window, 'credits', price, 'job', id, 'draws', text, 'pot', pot,
    'money', cost == '0' and '' or cost)
  tell(member, line, 'hold', tonumber(price), id, window, pot, '', ARGV[14])
  texts[i] = text
end
redis.call('PEXPIREAT', quota, over)

-- The jobs: their records, and the lists that they stand in.
local mine, jobs = P .. 'mine:' .. asker, P .. 'jobs'
for i = 1, count do
  local id = ARGV[16 + 4 * i]
  redis.call('HSET', P .. 'job:' .. id, 'request', ARGV[17 + 4 * i], 'accepted_at', stamp, 'price', ARGV[18 + 4 * i],
    'money', ARGV[19 + 4 * i], 'asker', asker, 'member', member, 'window', window, 'draws', texts[i], 'pot', pot,
    'left', whole(left - total), 'progress', '{"tries":0}', 'version', '1', 'epoch', '0', 'generation', '1', 'deaths', '0')
  redis.call('ZADD', P .. 'waiting', redis.call('INCR', P .. 'seq'), id)
  redis.call('ZADD', P .. 'open', whole(now + tonumber(ARGV[11])), id)
  redis.call('ZADD', mine, stamp, id)
  redis.call('ZADD', jobs, stamp, id)
  redis.call('SADD', under, id)
end
local old = whole(now - tonumber(ARGV[14]) * 1000)
redis.call('ZREMRANGEBYSCORE', mine, '-inf', old)
redis.call('EXPIRE', mine, ARGV[14])
redis.call('ZREMRANGEBYSCORE', jobs, '-inf', old)
redis.call('EXPIRE', jobs, ARGV[14])

-- The answer to the call.
redis.call('HSET', call, 'digest', ARGV[2], 'jobs', ARGV[3], 'price', whole(total), 'left', whole(left - total))
redis.call('EXPIRE', call, ARGV[12])
return { 'accepted', whole(left - total), stamp }
