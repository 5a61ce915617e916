module.exports = require('../../test/support/jest-base.cjs').ofPackage(__dirname);
