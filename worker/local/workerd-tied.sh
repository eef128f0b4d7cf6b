#!/bin/sh
# workerd ends with its parent: after kill -9 of the parent no orphan keeps the port and goes on writing.
if command -v setpriv >/dev/null 2>&1; then
  exec setpriv --pdeathsig KILL "$ROOST_WORKERD" "$@"
fi
exec "$ROOST_WORKERD" "$@"
