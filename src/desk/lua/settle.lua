-- Ends a job's hold: captured (paid) or released (given back). Once only, and only by the holder of the epoch.
-- KEYS  1 job  2 quota  3 ledger  4 lines  5 the month's report
-- ARGV  1 id  2 epoch  3 captured | released  4 member  5 window  6 lines TTL s
--       7 what the film cost, in millionths of the currency; empty when nobody said
--       8 the report's TTL s  9.. its fields, each with how much it grows
-- RETURNS  the record as a flat list, empty when the epoch was lost
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then
  return {}
end
if redis.call('HEXISTS', KEYS[1], 'settled') == 0 then
  local price = redis.call('HGET', KEYS[1], 'price')
  local kind = ARGV[3] == 'captured' and 'capture' or 'release'
  redis.call('HINCRBY', KEYS[2], 'held', -tonumber(price))
  if kind == 'capture' then
    redis.call('HINCRBY', KEYS[2], 'spent', price)
  end
  local booked = { 'kind', kind, 'member', ARGV[4], 'window', ARGV[5], 'credits', price, 'job', ARGV[1] }
  if ARGV[7] ~= '' then
    booked[#booked + 1] = 'money'
    booked[#booked + 1] = ARGV[7]
  end
  local line = redis.call('XADD', KEYS[3], '*', unpack(booked))
  redis.call('LPUSH', KEYS[4], line .. '|' .. kind .. '|' .. price .. '|' .. ARGV[1] .. '|' .. ARGV[5])
  redis.call('LTRIM', KEYS[4], 0, 49)
  redis.call('EXPIRE', KEYS[4], ARGV[6])
  redis.call('HSET', KEYS[1], 'settled', ARGV[3])
  redis.call('HINCRBY', KEYS[1], 'version', 1)

  -- The month's report.
  for i = 9, #ARGV, 2 do
    redis.call('HINCRBY', KEYS[5], ARGV[i], ARGV[i + 1])
  end
  redis.call('EXPIRE', KEYS[5], ARGV[8])
end
return redis.call('HGETALL', KEYS[1])
