-- Changes settings of a space, all at once, and notes each that was another before. When is told by the note's own id.
-- KEYS  1 settings  2 trail
-- ARGV  1 who  2 how many notes are kept  3.. per setting: name, value (empty: it is settled no more)
-- RETURNS  the settings as a flat list
for i = 3, #ARGV, 2 do
  local what, after = ARGV[i], ARGV[i + 1]
  local before = redis.call('HGET', KEYS[1], what) or ''
  if before ~= after then
    if after == '' then
      redis.call('HDEL', KEYS[1], what)
    else
      redis.call('HSET', KEYS[1], what, after)
    end
    redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[2], '*', 'who', ARGV[1], 'what', 'setting', 'about', what, 'before', before, 'after', after)
  end
end
return redis.call('HGETALL', KEYS[1])
