import { findProject } from '../../../cli/shared/project';

describe('where commands write', () => {
  test('is beside the state of the default account', () => {
    const { state, work, assembly } = findProject(undefined, { MOORING_ROOT: '/checkout' });
    expect([state, work, assembly]).toEqual([
      '/checkout/.mooring/account',
      '/checkout/.mooring',
      '/checkout/.mooring/cdk.out',
    ]);
  });

  test('is not shared by accounts that lie side by side', () => {
    const [a, b] = ['/tmp/a', '/tmp/b'].map((state) => findProject(state, {}));
    expect([a?.work, b?.work]).toEqual(['/tmp/a.work', '/tmp/b.work']);
  });
});
