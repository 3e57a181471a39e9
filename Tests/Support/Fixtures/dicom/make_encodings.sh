#!/bin/bash
# Encodes explicit.dcm, a synthetic 12-bit CT slice of 24×20 pixels, in every transfer syntax that is read.
# Needs DCMTK (dcmtk) and GDCM's tools (libgdcm-tools). The result is committed; run this only to change it.
set -eu
cd "$(dirname "$0")"
dcmconv +ti explicit.dcm implicit.dcm
dcmconv +tb explicit.dcm big_endian.dcm
dcmconv +td explicit.dcm deflated.dcm
dcmcrle +un explicit.dcm rle.dcm
dcmcjpeg +un +e1 explicit.dcm jpeg_lossless_first_order.dcm
dcmcjpeg +un +el explicit.dcm jpeg_lossless.dcm
dcmcjpeg +un +ee +q 98 explicit.dcm jpeg_extended.dcm
dcmcjpeg +un +ep +q 98 explicit.dcm jpeg_progressive.dcm
dcmcjpeg +un +eb +q 98 explicit.dcm jpeg_baseline.dcm
dcmcjpls +un +el explicit.dcm jpegls.dcm
dcmcjpls +un +en +md 2 explicit.dcm jpegls_near.dcm
gdcmconv --j2k explicit.dcm jpeg2000.dcm
gdcmconv --j2k --lossy -q 70 explicit.dcm jpeg2000_lossy.dcm
