-- WITH draws funds
-- Gives a member credits that are there in any window, until they expire.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 lines TTL s  5 member  6 lot  7 credits  8 expires ms, 0 for never  9 by  10 why
-- RETURNS  {'repeated', digest, answer} | {'over'}, when it would have expired already | {'done', credits}
local before = answered(ARGV[1])
if before then
  return before
end
local expires = tonumber(ARGV[8])
if expires ~= 0 and expires <= now then
  return { 'over' }
end
change(P .. 'lots:' .. ARGV[5], ARGV[5], ARGV[6], tonumber(ARGV[7]), 0, expires)
local line = note('kind', 'grant', 'member', ARGV[5], 'lot', ARGV[6], 'credits', ARGV[7], 'expires', ARGV[8], 'by', ARGV[9], 'why', ARGV[10])
tell(ARGV[5], line, 'grant', tonumber(ARGV[7]), '', '', ARGV[9], ARGV[10], ARGV[4])
answer(ARGV[1], ARGV[2], ARGV[7], ARGV[3])
return { 'done', ARGV[7] }
