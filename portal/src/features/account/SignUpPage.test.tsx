import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { signUp } from "./queries";
import SignUpPage from "./SignUpPage";

const isTaken = vi.hoisted(() => vi.fn(async () => false));
const push = vi.hoisted(() => vi.fn());

vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }));
vi.mock("@tanstack/react-router", () => ({
  Link: () => null,
  useSearch: () => ({}),
  useRouter: () => ({ invalidate: async () => {}, history: { push } }),
}));
vi.mock("~/app/session", () => ({
  signIn: async () => {},
  systemInfoQuery: { queryKey: ["systeminfo"], queryFn: async () => ({ self_registration: true }) },
}));
vi.mock("./Harbour", () => ({ Harbour: ({ children }: { children: unknown }) => children }));
vi.mock("./queries", () => ({
  signUp: vi.fn(),
  takenQuery: (target: string, value: string) => ({ queryKey: [target, value], queryFn: isTaken }),
}));

afterEach(cleanup);

const pause = () => new Promise((resolve) => setTimeout(resolve, 450));

it("does not look whether a name is taken while that is given to the new account", async () => {
  let made = () => {};
  vi.mocked(signUp).mockReturnValue(
    new Promise((resolve) => {
      made = () => resolve({} as never);
    }),
  );
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SignUpPage />
    </QueryClientProvider>,
  );
  const fill = (label: RegExp, value: string) =>
    fireEvent.change(screen.getByLabelText(label), { target: { value } });
  await screen.findByLabelText(/^profile.username/);
  fill(/^signIn.password/, "Harbour-5678");
  fill(/^signUp.again/, "Harbour-5678");
  fill(/^profile.realname/, "New Comer");
  fill(/^profile.email/, "new@example.com");
  await waitFor(() => expect(isTaken).toHaveBeenCalledTimes(1));
  fill(/^profile.username/, "newcomer");
  fireEvent.click(screen.getByRole("button", { name: /signUp.submit/ }));
  await waitFor(() => expect(signUp).toHaveBeenCalled());
  await pause();
  made();
  await waitFor(() => expect(push).toHaveBeenCalled());
  await pause();
  expect(isTaken).toHaveBeenCalledTimes(1);
});
