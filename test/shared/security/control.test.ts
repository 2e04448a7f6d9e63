import { describe, expect, it } from 'vitest';
import {
  controlsOn,
  fail,
  info,
  type Part,
  pass,
  type Resource,
  securityHub,
  Unread,
} from '../../../shared/security/control.ts';
import { withdrawnOf } from '../../../shared/security/tls-versions.ts';

interface Thing extends Resource {
  readonly State: string | undefined;
  readonly Policy: Part<string | null | undefined>;
}

const thing = (more: Partial<Thing> = {}): Thing => ({
  type: 'AWS::Some::Thing',
  id: 'thing-1',
  State: undefined,
  Policy: undefined,
  ...more,
});

const text = {
  id: 'OPS.THINGS.1',
  title: 'Things have a policy',
  severity: 'LOW',
  remediation: 'Give the thing a policy.',
  url: 'https://docs.aws.amazon.com',
} as const;

describe('a control', () => {
  const control = controlsOn<Thing>(
    'things',
    'AWS::Some::Thing',
    'AWS::Some::Other',
  )({
    ...text,
    when: ({ State }) => State !== 'gone',
    fields: ['State', 'Policy'],
    judge: ({ State, Policy }) => (Policy === null ? fail(`no policy while ${State}`) : pass(Policy)),
  });

  it('says of which service and types it is, what it decides by, and how it is told', () => {
    expect(control).toEqual({
      ...text,
      service: 'things',
      resourceTypes: ['AWS::Some::Thing', 'AWS::Some::Other'],
      fields: ['State', 'Policy'],
      judge: expect.any(Function),
    });
  });

  it('judges what is known, of which "not set" is a part', () => {
    expect(control.judge(thing({ State: 'on', Policy: 'p' }))).toEqual({ state: 'pass', reason: 'p' });
    expect(control.judge(thing({ State: '', Policy: null }))).toEqual({
      state: 'fail',
      reason: 'no policy while ',
    });
  });

  const open = (reason: string) => ({ state: 'unknown', reason });

  it('leaves open what AWS did not say or what was not read, and names the first of it', () => {
    const unread = new Unread('access_denied');
    expect(control.judge(thing({ Policy: unread }))).toEqual(open('AWS did not say State'));
    expect(control.judge(thing({ State: 'on' }))).toEqual(open('AWS did not say Policy'));
    expect(control.judge(thing({ State: 'on', Policy: unread }))).toEqual(open('Policy not read: access_denied'));
  });

  it('says nothing of what it is not about, whatever is known of it', () => {
    expect(control.judge(thing({ State: 'gone' }))).toBeUndefined();
  });

  it('is about every resource of its types where nothing narrows it', () => {
    const always = controlsOn<Thing>(
      'things',
      'AWS::Some::Thing',
    )({ ...text, fields: [], judge: () => info('a choice') });
    expect(always.judge(thing({ State: 'gone' }))).toEqual({ state: 'info', reason: 'a choice' });
  });
});

describe('the link to a Security Hub control', () => {
  it('leads to its own place on the page', () => {
    expect(securityHub('ec2', 'EC2.182')).toBe(
      'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-182',
    );
    expect(securityHub('apigateway', 'APIGateway.9')).toMatch(/\/apigateway-controls\.html#apigateway-9$/);
  });
});

describe('the protocols that were withdrawn', () => {
  it('are SSL and TLS before 1.2, each named once', () => {
    const old = ['SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.0', 'TLSv1.1'];
    expect(withdrawnOf(['TLSv1.3', ...old, 'TLSv1.2', ...old])).toEqual(old);
    expect(withdrawnOf(['TLSv1.2', 'TLSv1.3'])).toEqual([]);
  });
});
