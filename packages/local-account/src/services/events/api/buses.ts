import { AwsError, validation } from '../../../core/errors';
import { optionalText, text, list } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { nameOfArn } from '../../shared/arn';
import { tagMap } from '../../shared/tags';
import { type Bus, describedBus } from './requests';
import type { Rule } from '../runtime/rules';

/** The event buses of an account; `default` is always there. */
export class Buses {
  private readonly buses: Collection<Bus>;

  constructor(
    private readonly account: AccountParts,
    private readonly rules: Collection<Rule>,
  ) {
    this.buses = account.store.collection('events.buses');
    if (this.buses.get('default') === undefined)
      this.buses.put('default', { name: 'default', arn: account.arn('events', 'event-bus/default'), tags: {} });
  }

  /** @throws AwsError when there is none of that name. */
  get(nameOrArn: string | undefined): Bus {
    const bus = this.buses.get(busName(nameOrArn));
    if (bus === undefined)
      throw new AwsError('ResourceNotFoundException', `Event bus ${busName(nameOrArn)} does not exist.`);
    return bus;
  }

  byArn(arn: string): Bus | undefined {
    return this.buses.values().find((each) => each.arn === arn);
  }

  put(bus: Bus): void {
    this.buses.put(bus.name, bus);
  }

  list(input: Body): Body {
    return {
      EventBuses: this.buses
        .values()
        .filter((each) => each.name.startsWith(optionalText(input, 'NamePrefix') ?? ''))
        .map((each) => describedBus(each)),
    };
  }

  create(input: Body): Body {
    const name = text(input, 'Name');
    if (this.buses.get(name) !== undefined)
      throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    const bus: Bus = { name, arn: this.account.arn('events', `event-bus/${name}`), tags: tagMap(list(input, 'Tags')) };
    this.buses.put(name, bus);
    return { EventBusArn: bus.arn };
  }

  delete(name: string): void {
    if (name === 'default') throw validation('Cannot delete event bus default.');
    if (this.rules.values().some((rule) => rule.bus === name))
      throw validation(`Event bus ${name} has rules; delete them first.`);
    this.buses.delete(name);
  }
}

/** The name of a bus that a request names by name, by ARN, or not at all. */
export const busName = (nameOrArn: string | undefined): string =>
  nameOrArn === undefined || nameOrArn === '' ? 'default' : nameOfArn(nameOrArn);
