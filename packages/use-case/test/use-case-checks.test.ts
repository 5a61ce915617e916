import { checkRefusedUseCase, checkUseCase } from '../src/use-case-checks';

const slip = (): never => {
  throw new TypeError("Cannot read properties of undefined (reading 'name')");
};
const complains = (_: unknown, complain: (path: string[], message: string) => void): void =>
  complain(['gates'], 'is odd');

describe('a mistake in a check', () => {
  test('is thrown for a document that the schema accepted', () => {
    expect(() => checkUseCase({}, [slip, complains])).toThrow(TypeError);
  });

  test('leaves the other problems of a document that the schema refused', () => {
    expect(checkRefusedUseCase({}, [slip, complains])).toEqual([{ path: ['gates'], message: 'is odd' }]);
  });

  test('is thrown for a refused document too unless it is about a shape', () => {
    const fails = (): never => {
      throw new RangeError('out of range');
    };
    expect(() => checkRefusedUseCase({}, [fails])).toThrow(RangeError);
  });
});
