-- Opens a thread, once.
-- KEYS: 1 thread (hash), 2 threads of the space (zset)
-- ARGV: 1 thread id, 2 channel, 3 title, 4 seconds kept
-- Returns: 1 when it was made now, 0 when it was there.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local stamp = string.format('%.0f', now)
local kept = tonumber(ARGV[4])
redis.call('HSET', KEYS[1], 'channel', ARGV[2], 'title', ARGV[3], 'made', stamp, 'last', stamp, 'changes', 0)
redis.call('EXPIRE', KEYS[1], kept)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now - kept * 1000))
redis.call('ZADD', KEYS[2], stamp, ARGV[1])
redis.call('EXPIRE', KEYS[2], kept)
return 1
