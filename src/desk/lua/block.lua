-- Writes an entry down among those that a space blocks, and notes who did. What blocks the same already stays as it is.
-- KEYS  1 blocks  2 trail
-- ARGV  1 id, which begins with its kind's letter  2 entry, a JSON object without its time  3 who  4 what it is about  5 why, empty for none
--       6 how many entries there may be  7 how many of this kind  8 how many notes are kept
-- RETURNS  {'known', entry} | {'full'} | {'full of its kind'} | {'added', entry}
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then
  return { 'known', known }
end
local ids = redis.call('HKEYS', KEYS[1])
if #ids >= tonumber(ARGV[6]) then
  return { 'full' }
end
local alike = 0
for _, id in ipairs(ids) do
  if string.sub(id, 1, 1) == string.sub(ARGV[1], 1, 1) then
    alike = alike + 1
  end
end
if alike >= tonumber(ARGV[7]) then
  return { 'full of its kind' }
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local entry = '{"at":' .. string.format('%.0f', now) .. ',' .. string.sub(ARGV[2], 2)
local note = { 'who', ARGV[3], 'what', 'block', 'about', ARGV[4], 'after', entry }
if ARGV[5] ~= '' then
  note[#note + 1] = 'why'
  note[#note + 1] = ARGV[5]
end
redis.call('HSET', KEYS[1], ARGV[1], entry)
redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[8], '*', unpack(note))
return { 'added', entry }
