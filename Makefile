# What one does with this repository; the work is done by scripts/.

.PHONY: run stop build test lint format conformance fuzz bench deb test-deb test-systemd clean

# Builds the gateway, starts it on its embedded store and shows what it does. PROXY_PORT, TLS_PORT and ADMIN_PORT
# choose its ports.
run:
	@scripts/demo.sh start

# Ends what `make run` started.
stop:
	@scripts/demo.sh stop

# The program as it is shipped: .build/gibbon/kong.
build:
	@scripts/build.sh

# Everything that must hold: format, build, unit tests, end-to-end tests, recorded cases.
test:
	@scripts/test.sh

lint:
	@swift format lint --strict --recursive Sources Tests Package.swift

format:
	@swift format --in-place --recursive Sources Tests Package.swift

# The recorded cases alone, on the program that was built last.
conformance:
	@scripts/conformance.sh

# 20,000 generated requests, good and broken, to the Admin API: FUZZ="--seed 7" passes options on.
fuzz:
	@scripts/fuzz.sh $(FUZZ)

# Ten minutes of mixed load while everything around two nodes fails and comes back (docs/reliability.md).
# FAULTS="--minutes 3 --seed 7" passes options on.
faults:
	@scripts/faults.sh $(FAULTS)

# The same for an hour.
soak:
	@scripts/faults.sh --minutes 60 $(FAULTS)

# Compares with nginx and HAProxy: BENCH="--scenario plain" passes options on.
bench:
	@scripts/bench.sh $(BENCH)

# The Debian package, .build/gibbon/gibbon_*.deb.
deb:
	@scripts/deb.sh

# The life of that package in a Debian of its own: install, run, upgrade under load, remove. As root.
test-deb:
	@scripts/test-deb.sh $(DEB)

# The package's units under a real systemd; DEB as above.
test-systemd:
	@scripts/test-systemd.sh $(DEB)

clean:
	rm -rf .build
