#!/bin/sh
# Stands in for `cdk-assets --path <assembly>/<stack>.assets.json ... publish <asset>`, which CDK Pipelines calls once per asset.
# The newest cdk-assets (4.7.3) reads assemblies up to schema 54 and refuses those of aws-cdk-lib 2.276 (schema 55).
[ "$1" = --path ] || { echo "expected --path <manifest>, got: $*" >&2; exit 2; }
manifest=$2
for asset do :; done
exec node "$(dirname "$0")/../release.mjs" publish --file "$manifest" --asset "$asset"
