-- WITH draws
-- Notes the two entries that a voter is asked about; those that they were asked about and have not judged stay the ones.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 challenge  2 voter  3 left, its number  4 right  5 the pair that they were asked about and cannot judge any more, or empty
-- RETURNS  the pair, 'left-right'
local offered, seen = P .. 'offered:' .. ARGV[1], P .. 'seen:' .. ARGV[1]
local pair = ARGV[3] .. '-' .. ARGV[4]
if ARGV[5] ~= '' and redis.call('HGET', offered, ARGV[2]) == ARGV[5] then
  redis.call('HDEL', offered, ARGV[2])
end
if redis.call('HSETNX', offered, ARGV[2], pair) == 0 then
  return redis.call('HGET', offered, ARGV[2])
end
redis.call('HINCRBY', seen, ARGV[3], 1)
redis.call('HINCRBY', seen, ARGV[4], 1)
return pair
