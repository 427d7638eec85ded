-- WITH draws
-- Changes an entry of a challenge, if it still is what was seen.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 challenge  2 job  3 what was seen  4 what it becomes, empty for nothing  5 whose it is  6 '1' when it counts among those of its member no more
--       7 '1' while it is waited for
-- RETURNS  1 | 0, when it is another by now
local entries, entrants, arriving = P .. 'entries:' .. ARGV[1], P .. 'entrants:' .. ARGV[1], P .. 'arriving:' .. ARGV[1]
if redis.call('HGET', entries, ARGV[2]) ~= ARGV[3] then
  return 0
end
if ARGV[4] == '' then
  redis.call('HDEL', entries, ARGV[2])
  -- Nobody entered after all.
  if redis.call('EXISTS', entries) == 0 then
    redis.call('HDEL', P .. 'challenge:' .. ARGV[1], 'entered')
  end
else
  redis.call('HSET', entries, ARGV[2], ARGV[4])
end
if ARGV[6] == '1' then
  redis.call('HINCRBY', entrants, ARGV[5], -1)
  redis.call('HINCRBY', P .. 'challenge:' .. ARGV[1], 'live', -1)
  if redis.call('HGET', P .. 'brought', ARGV[2]) == ARGV[1] then
    redis.call('HDEL', P .. 'brought', ARGV[2])
  end
end
redis.call(ARGV[7] == '1' and 'SADD' or 'SREM', arriving, ARGV[2])
return 1
