-- A member reports a film. One report at a time tells those who look after the space; until it says that it did, or a while is over,
-- the others find that it is being told.
-- KEYS  1 the film's reports  2 the member's reports
-- ARGV  1 member  2 job  3 films that a member may report within a while  4 that while, ms  5 ms that telling may take  6 TTL s of a film's reports
-- RETURNS  {'often'} | {'tell' | 'known', how many members reported it, '1' when this member had not before}
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now - tonumber(ARGV[4])))
if not redis.call('ZSCORE', KEYS[2], ARGV[2]) then
  if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then
    return { 'often' }
  end
  redis.call('ZADD', KEYS[2], string.format('%.0f', now), ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
local fresh = redis.call('HSETNX', KEYS[1], 'by:' .. ARGV[1], string.format('%.0f', now))
local count = redis.call('HINCRBY', KEYS[1], 'count', fresh)
redis.call('EXPIRE', KEYS[1], ARGV[6])
local is = redis.call('HMGET', KEYS[1], 'told', 'telling')
local answer = 'known'
if not is[1] and (not is[2] or tonumber(is[2]) <= now) then
  redis.call('HSET', KEYS[1], 'telling', string.format('%.0f', now + tonumber(ARGV[5])))
  answer = 'tell'
end
return { answer, tostring(count), tostring(fresh) }
