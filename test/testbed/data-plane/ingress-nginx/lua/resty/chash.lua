-- Stands in for resty.chash of lua-resty-balancer: the node with the highest hash of key and node, so that a key keeps
-- its node while that exists.
local _M = {}
_M.__index = _M

function _M.new(_, nodes)
  return setmetatable({ nodes = nodes }, _M)
end

function _M.reinit(self, nodes)
  self.nodes = nodes
end

function _M.find(self, key)
  local best, highest
  for id in pairs(self.nodes) do
    local hash = ngx.crc32_long(key .. "/" .. id)
    if not highest or hash > highest then best, highest = id, hash end
  end
  return best
end

return _M
