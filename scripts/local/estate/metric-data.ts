import {
  CloudWatchClient,
  type Dimension,
  type MetricDatum,
  PutMetricDataCommand,
  type StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import type { AccountName, EstateRegion } from './organization.ts';
import type { Seeder } from './seeder.ts';

const HOURS = 24;
const MINUTES_BETWEEN_POINTS = 5;
/** The API's maximum. */
const POINTS_PER_CALL = 1_000;

/** A value as a function of the hour of the day (UTC, with fraction) and of the hours until now. */
export type Curve = (hour: number, hoursAgo: number) => number;

export interface Series {
  account: AccountName;
  region: EstateRegion;
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  unit: StandardUnit;
  curve: Curve;
}

/** Low at night, highest in the early afternoon: the shape of human traffic. */
export function daily(low: number, high: number): Curve {
  return (hour) => low + ((high - low) * (1 - Math.cos(((hour - 2) / 24) * 2 * Math.PI))) / 2;
}

/** `curve`, raised by `height` while an incident lasted. */
export function withIncident(curve: Curve, hoursAgoFrom: number, hoursAgoTo: number, height: number): Curve {
  return (hour, hoursAgo) => curve(hour, hoursAgo) + (hoursAgo <= hoursAgoFrom && hoursAgo >= hoursAgoTo ? height : 0);
}

/** A straight line from 24 hours ago until now, such as a disk that fills. */
export function trend(from: number, to: number): Curve {
  return (_hour, hoursAgo) => to + ((from - to) * hoursAgo) / HOURS;
}

/** The last 24 hours of every series, one point each five minutes, with a little repeatable noise. */
export async function seedMetricData(seeder: Seeder, allSeries: readonly Series[]): Promise<void> {
  const step = MINUTES_BETWEEN_POINTS * 60_000;
  const now = Math.floor(Date.now() / step) * step;
  for (const [index, series] of allSeries.entries()) {
    const cloudwatch = seeder.in(series.account, series.region).client(CloudWatchClient);
    const points = pointsOf(series, now, step, index);
    for (let start = 0; start < points.length; start += POINTS_PER_CALL) {
      await cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: series.namespace,
          MetricData: points.slice(start, start + POINTS_PER_CALL),
        }),
      );
    }
    seeder.made('cloudwatch:metric');
  }
}

function pointsOf(series: Series, now: number, step: number, seed: number): MetricDatum[] {
  const Dimensions: Dimension[] = Object.entries(series.dimensions).map(([Name, Value]) => ({ Name, Value }));
  const count = (HOURS * 60) / MINUTES_BETWEEN_POINTS;
  return Array.from({ length: count + 1 }, (_, index) => {
    const time = new Date(now - (count - index) * step);
    const hour = time.getUTCHours() + time.getUTCMinutes() / 60;
    const value =
      series.curve(hour, ((count - index) * MINUTES_BETWEEN_POINTS) / 60) * (0.95 + 0.1 * noise(seed, index));
    return {
      MetricName: series.metric,
      Dimensions,
      Timestamp: time,
      Unit: series.unit,
      Value: series.unit === 'Count' ? Math.round(value) : Math.round(value * 1_000) / 1_000,
    };
  });
}

/** Between 0 and 1, the same in every run. */
function noise(seed: number, index: number): number {
  const wave = Math.sin(seed * 127.1 + index * 311.7) * 43_758.5453;
  return wave - Math.floor(wave);
}
