-- ingress-nginx loads this library and uses it for Services of the type ExternalName alone.
local _M = { TYPE_A = 1, TYPE_AAAA = 28 }

function _M.new()
  return nil, "names are not resolved here"
end

return _M
