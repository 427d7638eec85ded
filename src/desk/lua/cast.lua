-- WITH draws
-- Writes down what a voter says: of the pair that they were asked about, or, where films are named one by one, of one in place of what they said before.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 challenge  2 voter  3 the pair, 'left-right', or a number  4 which: l, r or e; empty where one is named
-- RETURNS  'taken' | 'over' | 'other', when they were asked about another pair | 'known', when they judged it before
local key, ballots, offered = P .. 'challenge:' .. ARGV[1], P .. 'ballots:' .. ARGV[1], P .. 'offered:' .. ARGV[1]
local is = redis.call('HMGET', key, 'phase', 'votes', 'voting')
if is[1] ~= 'voting' or now >= tonumber(is[2]) then
  return 'over'
end
if (ARGV[4] == '') ~= (is[3] == 'one') then
  return 'other'
end
if ARGV[4] == '' then
  redis.call('HSET', ballots, ARGV[2], ARGV[3])
  return 'taken'
end
local before = redis.call('HGET', ballots, ARGV[2]) or ''
if string.find(' ' .. before .. ' ', ' ' .. ARGV[3] .. '-', 1, true) then
  return 'known'
end
if redis.call('HGET', offered, ARGV[2]) ~= ARGV[3] then
  return 'other'
end
redis.call('HSET', ballots, ARGV[2], (before == '' and '' or before .. ' ') .. ARGV[3] .. '-' .. ARGV[4])
redis.call('HDEL', offered, ARGV[2])
return 'taken'
