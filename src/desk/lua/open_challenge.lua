-- WITH draws funds
-- Opens a challenge; it is looked at when entries open.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 challenge  5 terms, JSON  6 opens ms  7 closes ms  8 votes until ms
--       9 entries of a member  10 seed  11 salt  12 how many may be under way
--       13 how is voted
-- RETURNS  {'repeated', digest, answer} | {'many'} | {'over'}, when it would close before it opens | {'done', challenge}
local before = answered(ARGV[1])
if before then
  return before
end
if redis.call('ZCARD', P .. 'deadlines') >= tonumber(ARGV[12]) then
  return { 'many' }
end
local opens, closes = tonumber(ARGV[6]), tonumber(ARGV[7])
if closes <= now or closes <= opens or tonumber(ARGV[8]) <= closes then
  return { 'over' }
end
redis.call('HSET', P .. 'challenge:' .. ARGV[4], 'terms', ARGV[5], 'version', '1', 'phase', 'announced', 'opens', ARGV[6], 'closes', ARGV[7],
  'votes', ARGV[8], 'most', ARGV[9], 'seed', ARGV[10], 'salt', ARGV[11], 'voting', ARGV[13], 'edition', '1', 'made', whole(now), 'turned', whole(now))
redis.call('ZADD', P .. 'challenges', whole(now), ARGV[4])
redis.call('ZADD', P .. 'deadlines', ARGV[6], ARGV[4])
answer(ARGV[1], ARGV[2], ARGV[4], ARGV[3])
return { 'done', ARGV[4] }
