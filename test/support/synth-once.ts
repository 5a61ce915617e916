import { testApp } from './app';
testApp(undefined, process.argv[2]).synth();
