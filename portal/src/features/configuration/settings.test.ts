import { describe, expect, it } from "vitest";
import { readBanner, writeBanner } from "./banner";
import { isEndpoint, isJsonObject, problemOf } from "./checks";
import { BY_MODE, changesOf, isFixed, SYSTEM, valuesOf } from "./settings";

const items = {
  read_only: { value: false, editable: true },
  ldap_scope: { value: 2, editable: true },
  ldap_url: { value: "ldaps://a", editable: true },
  pull_count_update_disable: { value: true, editable: true },
  auth_mode: { value: "db_auth", editable: false },
};

describe("values", () => {
  it("are those of the form: choices as text, secrets empty, switches the way they read", () => {
    expect(valuesOf(BY_MODE.ldap_auth, items)).toMatchObject({
      ldap_url: "ldaps://a",
      ldap_scope: "2",
      ldap_search_password: "",
      ldap_verify_cert: false,
    });
    expect(valuesOf(SYSTEM.pulls, items)).toMatchObject({ pull_count_update_disable: false });
  });

  it("that were changed are sent, and no others", () => {
    const before = valuesOf(BY_MODE.ldap_auth, items);
    expect(changesOf(BY_MODE.ldap_auth, before, before)).toEqual({});
    const after = { ...before, ldap_scope: "1", ldap_search_password: "x", ldap_url: "ldaps://b" };
    expect(changesOf(BY_MODE.ldap_auth, before, after)).toEqual({
      ldap_scope: 1,
      ldap_search_password: "x",
      ldap_url: "ldaps://b",
    });
    const pulls = valuesOf(SYSTEM.pulls, items);
    expect(changesOf(SYSTEM.pulls, pulls, { ...pulls, pull_count_update_disable: true })).toEqual({
      pull_count_update_disable: false,
    });
  });
});

describe("the environment", () => {
  it("sets all or none", () => {
    // That the mode can't be changed any more has a reason of its own.
    expect(isFixed(items)).toBe(false);
    expect(isFixed({ read_only: { value: false, editable: false }, auth_mode: { editable: false } })).toBe(
      true,
    );
  });
});

describe("checks", () => {
  it("know host and port", () => {
    for (const good of ["", "log.example.com:514", "[2001:db8::1]:601"]) expect(isEndpoint(good)).toBe(true);
    for (const bad of ["log", "log:0", "tcp://log:514", ":514", "log:99999"])
      expect(isEndpoint(bad)).toBe(false);
  });

  it("know objects, numbers and names", () => {
    expect(isJsonObject('{"a":"b"}')).toBe(true);
    expect(isJsonObject("[]")).toBe(false);
    const minutes = { is: "number", least: 1, most: 60 } as const;
    expect(problemOf(minutes, 5)).toBeNull();
    for (const bad of ["", 0, 61, 1.5]) expect(problemOf(minutes, bad)).toBe("number");
    expect(problemOf({ is: "name" }, " ")).toBe("name");
  });
});

describe("the banner", () => {
  it("is JSON in a text, and nothing without a message", () => {
    const banner = {
      message: "Down at noon",
      type: "warning",
      closable: true,
      fromDate: "2026-11-26",
      toDate: "",
    } as const;
    expect(readBanner(writeBanner(banner))).toEqual(banner);
    expect(writeBanner({ ...banner, message: " " })).toBe("");
  });

  it("may be a text, or have Harbor's dates", () => {
    expect(readBanner("Hello").message).toBe("Hello");
    expect(readBanner('{"message":"x","toDate":"11/26/2026","type":"loud"}')).toMatchObject({
      toDate: "2026-11-26",
      type: "info",
    });
  });
});
