-- WITH draws
-- Takes a place in a challenge for a film that is about to be accepted, or that is there already. The same film again changes nothing.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 challenge  2 job  3 member  4 entry, JSON  5 how many entries it may have  6 the edition of its terms that was seen
--       7 '1' for a film that is there already
-- RETURNS  'entered' | 'known', when it had its place | 'elsewhere', when it has one in another challenge | 'closed' | 'changed', when its terms are others by now | 'most', as many as a member may have | 'full'
local key, entries, entrants = P .. 'challenge:' .. ARGV[1], P .. 'entries:' .. ARGV[1], P .. 'entrants:' .. ARGV[1]
if redis.call('HEXISTS', entries, ARGV[2]) == 1 then
  return 'known'
end
if ARGV[7] == '1' and redis.call('HEXISTS', P .. 'brought', ARGV[2]) == 1 then
  return 'elsewhere'
end
local is = redis.call('HMGET', key, 'phase', 'closes', 'most', 'entered', 'edition', 'live')
if is[1] ~= 'open' or now >= tonumber(is[2]) then
  return 'closed'
end
if is[5] ~= ARGV[6] then
  return 'changed'
end
if tonumber(redis.call('HGET', entrants, ARGV[3]) or 0) >= tonumber(is[3]) then
  return 'most'
end
-- Those that left count no more, but not without end.
if tonumber(is[6] or 0) >= tonumber(ARGV[5]) or redis.call('HLEN', entries) >= 10 * tonumber(ARGV[5]) then
  return 'full'
end
redis.call('HSET', entries, ARGV[2], ARGV[4])
if ARGV[7] == '1' then
  redis.call('HSET', P .. 'brought', ARGV[2], ARGV[1])
end
redis.call('HINCRBY', entrants, ARGV[3], 1)
redis.call('HINCRBY', key, 'live', 1)
redis.call('SADD', P .. 'arriving:' .. ARGV[1], ARGV[2])
-- Whoever changes the terms has to know that somebody entered under them.
if not is[4] then
  redis.call('HSET', key, 'entered', '1')
  redis.call('HINCRBY', key, 'version', 1)
end
return 'entered'
