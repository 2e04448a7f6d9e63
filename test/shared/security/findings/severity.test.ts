import { describe, expect, it } from 'vitest';
import { SECURITY_SERVICES } from '../../../../schemas/security-service.ts';
import {
  labelsFrom,
  minimumOf,
  numberFrom,
  reaching,
  SCALES,
  severityOf,
} from '../../../../shared/security/findings/severity.ts';

describe('the severity of findings', () => {
  it.each([
    [1, 'LOW'],
    [3.9, 'LOW'],
    [4, 'MEDIUM'],
    [5.3, 'MEDIUM'],
    [6.9, 'MEDIUM'],
    [7, 'HIGH'],
    [8.9, 'HIGH'],
    [9, 'CRITICAL'],
    [10, 'CRITICAL'],
    [0.5, 'INFORMATIONAL'],
  ] as const)('GuardDuty %d is %s', (number, expected) => {
    expect(severityOf('guardduty', number)).toBe(expected);
  });

  it.each([
    ['macie', 'Low', 'LOW'],
    ['macie', 'Medium', 'MEDIUM'],
    ['macie', 'High', 'HIGH'],
    ['macie', 1, 'LOW'],
    ['macie', 3, 'HIGH'],
    ['inspector', 'CRITICAL', 'CRITICAL'],
    ['inspector', 'UNTRIAGED', 'INFORMATIONAL'],
    ['securityhub', 'HIGH', 'HIGH'],
    ['securityhub', undefined, 'INFORMATIONAL'],
    ['trustedadvisor', 'error', 'HIGH'],
    ['trustedadvisor', 'warning', 'MEDIUM'],
    ['trustedadvisor', 'ok', 'INFORMATIONAL'],
    ['accessanalyzer', 'public', 'HIGH'],
    ['accessanalyzer', 'credential', 'MEDIUM'],
    ['accessanalyzer', 'unused', 'LOW'],
    ['inspector', 'A_WORD_OF_TOMORROW', 'INFORMATIONAL'],
  ] as const)('%s %s is %s', (service, own, expected) => {
    expect(severityOf(service, own)).toBe(expected);
  });

  it.each([
    ['guardduty', 'LOW', 1],
    ['guardduty', 'INFORMATIONAL', 1],
    ['guardduty', 'MEDIUM', 4],
    ['guardduty', 'HIGH', 7],
    ['guardduty', 'CRITICAL', 9],
    ['macie', 'MEDIUM', 2],
    ['macie', 'HIGH', 3],
    ['macie', 'CRITICAL', undefined],
  ] as const)('%s of at least %s begins at %s', (service, minimum, number) => {
    expect(numberFrom(service, minimum)).toBe(number);
  });

  it('is a minimum: HIGH finds CRITICAL too', () => {
    expect(labelsFrom('securityhub', 'HIGH')).toEqual(['CRITICAL', 'HIGH']);
    expect(labelsFrom('inspector', 'INFORMATIONAL')).toEqual([
      'CRITICAL',
      'HIGH',
      'MEDIUM',
      'LOW',
      'INFORMATIONAL',
      'UNTRIAGED',
    ]);
    expect(labelsFrom('trustedadvisor', 'MEDIUM')).toEqual(['error', 'warning']);
  });

  it('has every word of each service, the worst first', () => {
    const ranks = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];
    expect(Object.fromEntries(SECURITY_SERVICES.map((service) => [service, labelsFrom(service, undefined)]))).toEqual({
      guardduty: [],
      macie: ['High', 'Medium', 'Low'],
      inspector: [...ranks, 'UNTRIAGED'],
      securityhub: ranks,
      trustedadvisor: ['error', 'warning', 'ok', 'not_available'],
      accessanalyzer: ['public', 'external', 'credential', 'unused', 'internal'],
    });
  });

  it('takes a number of a service with words, and a word of one with numbers, for the lowest', () => {
    expect(numberFrom('inspector', 'LOW')).toBeUndefined();
    expect(severityOf('inspector', 9)).toBe('INFORMATIONAL');
    expect(severityOf('guardduty', 'High')).toBe('INFORMATIONAL');
  });

  it('knows which services have nothing so severe', () => {
    expect(SECURITY_SERVICES.filter((service) => reaching(service, 'CRITICAL').length === 0)).toEqual([
      'accessanalyzer',
      'trustedadvisor',
      'macie',
    ]);
  });

  it("takes Trusted Advisor's words for Trusted Advisor only", () => {
    expect(minimumOf('trustedadvisor', 'ERROR')).toBe('HIGH');
    expect(minimumOf('trustedadvisor', 'WARNING')).toBe('MEDIUM');
    expect(minimumOf('guardduty', 'ERROR')).toBeUndefined();
    expect(minimumOf('guardduty', 'CRITICAL')).toBe('CRITICAL');
  });

  it('has a source for each scale', () => {
    for (const { source } of Object.values(SCALES)) expect(source).toContain('https://docs.aws.amazon.com/');
  });
});
