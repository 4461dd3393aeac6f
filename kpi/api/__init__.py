"""Planning over HTTP: rights and forms here, rules in the services, arithmetic in the pure parts."""
