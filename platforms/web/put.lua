-- Puts a message on a thread's board, or replaces it by a newer version.
-- KEYS: 1 thread (hash), 2 its messages (hash: id to `version at change json`), 3 their order (zset by time),
--       4 their changes (zset by number of the last change), 5 threads of the space (zset)
-- ARGV: 1 thread id, 2 message id, 3 version, 4 message (JSON, kept verbatim), 5 messages kept, 6 seconds kept
-- Returns: 'gone' when there is no such thread, 'old' when this version or a newer one stands, else 'put'.
if redis.call('EXISTS', KEYS[1]) == 0 then return 'gone' end
local version = tonumber(ARGV[3])
local before = redis.call('HGET', KEYS[2], ARGV[2])
local at
if before then
  local stands, first = string.match(before, '^(%d+) (%d+) ')
  if tonumber(stands) >= version then return 'old' end
  at = first
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local last = tonumber(redis.call('HGET', KEYS[1], 'last'))
if now <= last then now = last + 1 end
if not at then at = string.format('%.0f', now) end
local stamp = string.format('%.0f', now)
local kept = tonumber(ARGV[6])
local change = redis.call('HINCRBY', KEYS[1], 'changes', 1)
redis.call('HSET', KEYS[1], 'last', stamp)
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3] .. ' ' .. at .. ' ' .. string.format('%.0f', change) .. ' ' .. ARGV[4])
redis.call('ZADD', KEYS[3], at, ARGV[2])
redis.call('ZADD', KEYS[4], change, ARGV[2])
local over = redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[5])
if over > 0 then
  local oldest = redis.call('ZRANGE', KEYS[3], 0, over - 1)
  redis.call('HDEL', KEYS[2], unpack(oldest))
  redis.call('ZREM', KEYS[3], unpack(oldest))
  redis.call('ZREM', KEYS[4], unpack(oldest))
end
for i = 1, 4 do redis.call('EXPIRE', KEYS[i], kept) end
redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', string.format('%.0f', now - kept * 1000))
redis.call('ZADD', KEYS[5], stamp, ARGV[1])
redis.call('EXPIRE', KEYS[5], kept)
return 'put'
