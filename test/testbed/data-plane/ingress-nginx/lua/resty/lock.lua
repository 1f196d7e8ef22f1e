-- Stands in for lua-resty-lock, which the balancer "ewma" takes without waiting.
local _M = {}
_M.__index = _M

function _M.new(_, dictionary, options)
  return setmetatable({ dictionary = ngx.shared[dictionary], seconds = options.exptime }, _M)
end

function _M.lock(self, key)
  local ok = self.dictionary:add(key, true, self.seconds)
  if not ok then return nil, "timeout" end
  self.key = key
  return 0
end

function _M.unlock(self)
  self.dictionary:delete(self.key)
  return 1
end

return _M
