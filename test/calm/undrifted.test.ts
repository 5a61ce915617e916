import { join } from 'node:path';
import { loadUseCases } from '@mooring/use-case/load-use-case';
import { Life } from '../soak/story/life';
import { calmDay } from '../soak/story/plan';

const minutes = 60_000;

describe('thirty days on which nothing changes', () => {
  test.each([1, 2, 3])(
    'ring no alarm at the shipped thresholds (seed %d)',
    async (seed) => {
      jest.spyOn(console, 'log').mockImplementation(() => undefined);
      const [story] = loadUseCases(join(__dirname, '../soak/story/use-cases')).filter(
        (each) => each.useCase.name === 'story',
      );
      if (story === undefined) throw new Error('the use case of the story is gone');
      const life = new Life([story], seed);
      const rang: string[] = [];
      try {
        await life.start();
        for (let index = 0; index < 30; index += 1) {
          const { firing, news } = (await life.live(index, calmDay))['story'] ?? { firing: [], news: [] };
          rang.push(...[...firing, ...news].map((each) => `day ${index}: ${each}`));
        }
      } finally {
        await life.stop();
      }
      expect(rang).toEqual([]);
    },
    30 * minutes,
  );
});
