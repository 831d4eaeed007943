/** `0.018 USD`, `12.40 USD`: as many digits as a small sum needs. */
export function formatUsd(amount: number): string {
  const digits = amount === 0 || Math.abs(amount) >= 1 ? 2 : Math.abs(amount) >= 0.01 ? 3 : 4
  return `${amount.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits })} USD`
}

export const formatPerHour = (amount: number): string => `${formatUsd(amount)}/h`
export const formatPerMonth = (amount: number): string => `${formatUsd(amount)}/month`
