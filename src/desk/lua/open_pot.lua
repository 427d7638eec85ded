-- WITH draws funds
-- Opens a pot.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 pot  5 what it is for, JSON  6 deadline ms  7 how many may be open
--       8 new credits that it begins with, or 0  9 their share  10 whose  (one with credits is opened once, whenever it is asked for)
-- RETURNS  {'repeated', digest, answer} | {'many'} | {'over'}, when its deadline has passed | {'done', pot}
local before = answered(ARGV[1])
if before then
  return before
end
if ARGV[8] ~= '0' and redis.call('EXISTS', P .. 'pot:' .. ARGV[4]) == 1 then
  return { 'done', ARGV[4] }
end
-- Those of members for a challenge are in no list.
local pots = P .. (ARGV[8] ~= '0' and 'endowed' or 'pots')
if redis.call('ZCARD', pots) >= tonumber(ARGV[7]) then
  return { 'many' }
end
local deadline = tonumber(ARGV[6])
if deadline <= now then
  return { 'over' }
end
local pot = P .. 'pot:' .. ARGV[4]
redis.call('HSET', pot, 'about', ARGV[5], 'deadline', ARGV[6], 'opened', whole(now))
redis.call('ZADD', pots, ARGV[6], ARGV[4])
if ARGV[8] ~= '0' then
  change(P .. 'shares:' .. ARGV[4], '', ARGV[9], tonumber(ARGV[8]), 0, 0)
  note('kind', 'pledge', 'pot', ARGV[4], 'credits', ARGV[8], 'draws', packed({ { id = ARGV[9], n = tonumber(ARGV[8]) } }), 'by', ARGV[10])
end
answer(ARGV[1], ARGV[2], ARGV[4], ARGV[3])
return { 'done', ARGV[4] }
