#!/bin/sh
# Stands in for `cdk-assets --path <assembly>/<stack>.assets.json ... publish <asset>`, which CDK Pipelines calls once per asset.
# The newest cdk-assets (4.7.3) reads assemblies up to schema 54 and refuses those of aws-cdk-lib 2.276 (schema 55), so the
# CDK CLI of the pinned version publishes instead: all assets of an assembly at the first call, nothing at later ones.
set -e
[ "$1" = --path ] || { echo "expected --path <manifest>, got: $*" >&2; exit 2; }
assembly=$(dirname "$2")
if [ ! -f "$assembly/.published" ]; then
  cdk -a "$assembly" publish-assets --all --unstable=publish-assets --no-notices
  touch "$assembly/.published"
fi
