-- Accepts a call: its hold, its jobs and its answer, all or nothing. A repeated call gets what was answered first.
-- KEYS  1 call  2 quota  3 waiting  4 open  5 ledger  6 lines  7 mine  8 seq  9.. one job record each  the last: all jobs of the space
-- ARGV  1 digest  2 receipt prefix JSON  3 member  4 window  5 window start ms  6 window end ms  7 allowance
--       8 ms until progress is due  9 call TTL s  10 quota TTL s past the window's end  11 record TTL s
--       12.. per job: id, request JSON, price
-- RETURNS  {'repeated', digest, receipt} | {'window'} | {'balance', left} | {'taken'} | {'accepted', left, now ms}
local known = redis.call('HMGET', KEYS[1], 'digest', 'jobs', 'price', 'left')
if known[1] then
  return { 'repeated', known[1], known[2], known[3], known[4] }
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if now < tonumber(ARGV[5]) or now >= tonumber(ARGV[6]) then
  return { 'window' }
end
local count = #KEYS - 9
local total = 0
for i = 1, count do
  if redis.call('EXISTS', KEYS[8 + i]) == 1 then
    return { 'taken' }
  end
  total = total + tonumber(ARGV[11 + 3 * i])
end
local used = redis.call('HMGET', KEYS[2], 'held', 'spent')
local left = tonumber(ARGV[7]) - tonumber(used[1] or 0) - tonumber(used[2] or 0)
if total > left then
  return { 'balance', tostring(math.max(0, left)) }
end

local stamp = string.format('%.0f', now)
redis.call('HINCRBY', KEYS[2], 'held', total)
redis.call('PEXPIREAT', KEYS[2], string.format('%.0f', tonumber(ARGV[6]) + tonumber(ARGV[10]) * 1000))
for i = 1, count do
  local id, request, price = ARGV[9 + 3 * i], ARGV[10 + 3 * i], ARGV[11 + 3 * i]
  redis.call('HSET', KEYS[8 + i], 'request', request, 'accepted_at', stamp, 'price', price,
    'progress', '{"tries":0}', 'version', '1', 'epoch', '0', 'generation', '1', 'deaths', '0')
  local line = redis.call('XADD', KEYS[5], '*', 'kind', 'hold', 'member', ARGV[3], 'window', ARGV[4], 'credits', price, 'job', id)
  redis.call('LPUSH', KEYS[6], line .. '|hold|' .. price .. '|' .. id .. '|' .. ARGV[4])
  redis.call('ZADD', KEYS[3], redis.call('INCR', KEYS[8]), id)
  redis.call('ZADD', KEYS[4], string.format('%.0f', now + tonumber(ARGV[8])), id)
  redis.call('ZADD', KEYS[7], stamp, id)
end
redis.call('LTRIM', KEYS[6], 0, 49)
redis.call('EXPIRE', KEYS[6], ARGV[11])
redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', string.format('%.0f', now - tonumber(ARGV[11]) * 1000))
redis.call('EXPIRE', KEYS[7], ARGV[11])
redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'jobs', ARGV[2], 'price', tostring(total), 'left', tostring(left - total))
redis.call('EXPIRE', KEYS[1], ARGV[9])

-- What lists the space's jobs for those who manage it.
for i = 1, count do
  redis.call('ZADD', KEYS[#KEYS], stamp, ARGV[9 + 3 * i])
end
redis.call('ZREMRANGEBYSCORE', KEYS[#KEYS], '-inf', string.format('%.0f', now - tonumber(ARGV[11]) * 1000))
redis.call('EXPIRE', KEYS[#KEYS], ARGV[11])
return { 'accepted', tostring(left - total), stamp }
