// Signing in, and out.

import { Alert, Button, Paper, PasswordInput, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";

import { answer, client } from "../api/client";
import { Failure } from "../api/failure";
import { begin, end, lastNotice, session } from "../api/session";
import { Brand } from "../shell/brand";
import classes from "./sign-in.module.css";

export function SignIn() {
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const notice = lastNotice();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const [user, password] = [String(given.get("user")), String(given.get("password"))];
    setBusy(true);
    try {
      begin(await answer(client.POST("/api/v1/sessions", { body: { user, password } })));
    } catch (thrown) {
      setFailure(Failure.from(thrown));
      setBusy(false);
    }
  };

  return (
    <main className={classes.page}>
      <Paper className={classes.card}>
        <h1 className={classes.brand}>
          <Brand size={28} />
          Haven
        </h1>
        {notice && !failure && <Alert color="blue">{notice}</Alert>}
        {failure && (
          <Alert color="red" role="alert">
            {inWords(failure)}
          </Alert>
        )}
        <form className={classes.form} onSubmit={(event) => void submit(event)}>
          <TextInput label="User" name="user" autoComplete="username" size="sm" required withAsterisk={false} autoFocus />
          <PasswordInput label="Password" name="password" autoComplete="current-password" size="sm" required withAsterisk={false} />
          <Button type="submit" size="sm" loading={isBusy}>
            Sign in
          </Button>
        </form>
      </Paper>
    </main>
  );
}

function inWords({ kind, message, retryAfter }: Failure): string {
  if (kind === "unauthenticated") return "User and password do not fit together.";
  const begun = message.charAt(0).toUpperCase() + message.slice(1);
  return retryAfter ? `${begun}. Try again in ${retryAfter} s.` : `${begun}.`;
}

/** Ends the session on the server, and in any case here. */
export async function signOut(): Promise<void> {
  const signed = session();
  if (!signed) return;
  try {
    await answer(client.POST("/api/v1/sessions/end", { body: { token: signed.token } }));
    end("You are signed out.");
  } catch (thrown) {
    end(`You are signed out here, but the server may not know: ${Failure.from(thrown).message}.`);
  }
}
