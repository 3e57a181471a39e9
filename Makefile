# One word for each thing a person does with this project; everything else is SwiftPM's.
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c
SHELL := /bin/bash

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# More options of Tests/Benchmarks/compare.py.
BENCH ?=
JOBS ?= $(shell nproc)
BUILD = $(SWIFT) build -c release -j $(JOBS)

# What Debian 12 calls the libraries and the font of the overlays.
PACKAGES = libinotifytools0-dev libnifti-dev libgdcm-dev zlib1g-dev libopenblas-dev libsystemd-dev libcairo2-dev \
	libsqlite3-dev libssl-dev libzip-dev libcurl4-openssl-dev libinsighttoolkit5-dev libpng-dev libtiff-dev pkg-config \
	fonts-dejavu-core patchelf binutils

UPSTREAM = predict predict_from_modelfolder ensemble apply_postprocessing evaluate_folder evaluate_simple \
	determine_postprocessing accumulate_crossval_results find_best_configuration plot_overlay_pngs export_model_to_zip \
	install_pretrained_model_from_zip move_plans_between_datasets \
	download_pretrained_model_by_url convert_MSD_dataset convert_old_nnUNet_dataset \
	extract_fingerprint plan_experiment

# What the emulated kernel tests need beside them.
EMULATION = qemu-user-static gcc-aarch64-linux-gnu libc6-dev-arm64-cross

.PHONY: build demo test kernels docs bench install format lint packages help

help:
	@echo 'make demo      a mask, a picture and a report from a NIfTI and a DICOM drop, in a temporary folder'
	@echo 'make test      every test'
	@echo 'make kernels   the kernels under the sanitizers, and on emulated processors (AArch64; x86-64 without AVX)'
	@echo 'make docs      the documentation of every target, its links checked'
	@echo 'make build     the two programs, in release, into $$(swift build -c release --show-bin-path)'
	@echo 'make install   into DESTDIR/PREFIX: programs, nnUNetv2_* links, units, example configuration, bundled model'
	@echo 'make bench     this project against nnU-Net, OpenVINO, ONNX Runtime and PyTorch on the same cores (BENCH="--networks plain3d-96 --rounds 1" for less,'
	@echo '               BENCH="--networks= --commands evaluate,folder" for whole commands alone, BENCH=--long for a CT with 105 labels, too)'
	@echo 'make format    format the sources;  make lint  only check them'

packages:
	@missing=$$(for p in $(PACKAGES) $(MORE_PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done)
	if [ -n "$$missing" ]; then
		sudo=$$([ "$$(id -u)" = 0 ] || echo sudo)
		$$sudo apt-get update -qq
		DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -qq -y --no-install-recommends $$missing
	fi
	command -v $(SWIFT) >/dev/null || { echo 'Swift 6.2 or later is needed: https://www.swift.org/install/linux' >&2; exit 1; }

build: packages
	$(BUILD)

demo: build
	@Tests/Demo/run "$$($(BUILD) --show-bin-path)"

test: packages
	$(BUILD) --build-tests
	$(SWIFT) test -c release --skip-build

kernels:
	@$(MAKE) --no-print-directory packages MORE_PACKAGES='$(EMULATION)'
	# Each computes on one thread.
	Tests/Kernels/run sanitizers & sanitizers=$$!
	Tests/Kernels/run emulated
	wait $$sanitizers

# Every catalogue, each of its links checked.
docs: build
	@Tests/Documentation/run

bench: build
	@Tests/Benchmarks/run "$$($(BUILD) --show-bin-path)/nnunet" $(BENCH)

# Places what `make build` made; it compiles nothing, so it may run as root and into a packager's DESTDIR.
install:
	@bin=.build/release
	[ -x $$bin/nnunetd ] && [ -x $$bin/nnunet ] || { echo 'run make build first' >&2; exit 1; }
	for tool in patchelf objcopy; do
		command -v $$tool >/dev/null || { echo "$$tool is needed: apt-get install patchelf binutils" >&2; exit 1; }
	done
	root='$(DESTDIR)$(PREFIX)'
	install -D -m 755 -t "$$root/bin" $$bin/nnunetd $$bin/nnunet
	for command in $(UPSTREAM); do ln -sfn nnunet "$$root/bin/nnUNetv2_$$command"; done
	# The Swift runtime that the programs were linked with; Debian's libraries are the packages' business.
	install -d "$$root/lib/nnunetd"
	ldd $$bin/nnunetd $$bin/nnunet | awk '$$3 ~ /\/swift\/linux\// { print $$3 }' | sort -u | xargs -r install -m 644 -t "$$root/lib/nnunetd"
	# What finds the runtime as it is installed, not where it was built; what debuggers need lies apart, found by its build ID.
	for program in nnunetd nnunet; do
		patchelf --set-rpath '$$ORIGIN/../lib/nnunetd' "$$root/bin/$$program"
		id=$$(readelf -n "$$root/bin/$$program" | sed -n 's/.*Build ID: //p')
		debug="$$root/lib/debug/.build-id/$${id:0:2}/$${id:2}.debug"
		install -d "$$(dirname "$$debug")"
		objcopy --only-keep-debug --compress-debug-sections "$$root/bin/$$program" "$$debug"
		chmod 644 "$$debug"
		objcopy --strip-all --add-gnu-debuglink="$$debug" "$$root/bin/$$program"
	done
	install -d "$$root/lib/systemd/system" "$$root/lib/systemd/catalog" "$$root/lib/sysusers.d" "$$root/lib/tmpfiles.d"
	sed 's|/usr/local/|$(PREFIX)/|g' systemd/nnunetd.service > "$$root/lib/systemd/system/nnunetd.service"
	install -m 644 systemd/nnunetd.catalog "$$root/lib/systemd/catalog"
	install -m 644 systemd/nnunetd.sysusers.conf "$$root/lib/sysusers.d/nnunetd.conf"
	install -m 644 systemd/nnunetd.tmpfiles.conf "$$root/lib/tmpfiles.d/nnunetd.conf"
	install -D -m 644 -t "$$root/share/doc/nnunetd" Config/nnunetd.toml README.md LICENSE
	rm -rf "$$root/share/nnunetd/phantom"
	install -d "$$root/share/nnunetd"
	cp -r --no-preserve=mode,ownership Sources/Phantom/Bundle "$$root/share/nnunetd/phantom"
	# The packages of the libraries that the programs and the Swift runtime name, and of the overlays' font.
	objects=$$(ls "$$root"/bin/nnunetd "$$root"/bin/nnunet "$$root"/lib/nnunetd/*.so)
	named=$$(readelf -d $$objects | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u)
	ldd $$objects | awk '$$3 ~ /^\// && $$3 !~ /\/lib\/nnunetd\// { print $$3 }' | sort -u | while read -r library; do
		grep -qxF "$${library##*/}" <<< "$$named" || continue
		# By its whole path, for a cross compiler's packages hold files of the same name; dpkg knows some files without /usr.
		file=$$(readlink -f "$$library")
		owner=$$(dpkg-query -S "$$file" "$${file#/usr}" 2>/dev/null) || [ -n "$$owner" ] || { echo "no package owns $$file" >&2; exit 1; }
		echo "$$owner"
	done | sed '/^diversion/d; s/:.*//' | cat - <(echo fonts-dejavu-core) | sort -u > "$$root/share/doc/nnunetd/runtime-packages"
	echo 'Debian packages that the programs need to run:'
	echo "  apt-get install --no-install-recommends $$(tr '\n' ' ' < "$$root/share/doc/nnunetd/runtime-packages")"

format:
	$(SWIFT) format -i -r -p Package.swift Sources Tests

lint:
	$(SWIFT) format lint --strict -r -p Package.swift Sources Tests
