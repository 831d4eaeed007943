import { useMutation } from '@tanstack/react-query'
import { orpc, useStream } from '../client.ts'

/** The practice cloud as it is now; null where there is none, or main has not told yet. */
export function usePractice() {
  return useStream(orpc.practice.watch, undefined).data ?? null
}

export function useChange() {
  return useMutation(orpc.practice.change.mutationOptions())
}

export function useForceStart() {
  return useMutation(orpc.practice.forceStart.mutationOptions())
}

/** Ends when Cognito has answered: after up to three attempts. */
export function useSignUp() {
  return useMutation(orpc.practice.signUp.mutationOptions())
}

export function useConfirm() {
  return useMutation(orpc.practice.confirm.mutationOptions())
}

export function useResetPassword() {
  return useMutation(orpc.practice.resetPassword.mutationOptions())
}

export function useRemoveUser() {
  return useMutation(orpc.practice.removeUser.mutationOptions())
}
