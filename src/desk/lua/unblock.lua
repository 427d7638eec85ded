-- Takes an entry out of those that a space blocks, and notes who did.
-- KEYS  1 blocks  2 trail
-- ARGV  1 id  2 who  3 what it is about  4 why, empty for none  5 how many notes are kept
-- RETURNS  the entry, or false where there was none
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if not entry then
  return false
end
local note = { 'who', ARGV[2], 'what', 'unblock', 'about', ARGV[3], 'before', entry }
if ARGV[4] ~= '' then
  note[#note + 1] = 'why'
  note[#note + 1] = ARGV[4]
end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[5], '*', unpack(note))
return entry
