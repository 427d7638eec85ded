-- WITH draws
-- Replaces the terms of a challenge, if it still is what was seen.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 challenge  2 version that was seen  3 terms, JSON  4 opens ms  5 closes ms  6 votes until ms  7 entries of a member  8 how is voted
-- RETURNS  'done' | 'changed', when it is another by now | 'over', when it would end in the past, or before it opens
local key = P .. 'challenge:' .. ARGV[1]
local is = redis.call('HMGET', key, 'version', 'phase', 'entered')
if is[1] ~= ARGV[2] then
  return 'changed'
end
local opens, closes, votes = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
-- What opens later than now, and was entered by nobody, is not open.
if is[2] == 'open' and not is[3] and opens > now then
  is[2] = 'announced'
end
local due = is[2] == 'announced' and opens or is[2] == 'open' and closes or is[2] == 'voting' and votes
if not due then
  return 'changed'
end
if closes <= opens or votes <= closes or (is[2] ~= 'voting' and closes < now) or votes < now then
  return 'over'
end
redis.call('HSET', key, 'terms', ARGV[3], 'opens', ARGV[4], 'closes', ARGV[5], 'votes', ARGV[6], 'most', ARGV[7], 'voting', ARGV[8], 'phase', is[2])
redis.call('HINCRBY', key, 'edition', 1)
redis.call('HINCRBY', key, 'version', 1)
redis.call('ZADD', P .. 'deadlines', whole(due), ARGV[1])
return 'done'
