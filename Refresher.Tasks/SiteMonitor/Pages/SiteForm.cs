using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Pages;

/// <summary>A site as the texts of its form, each named as the Api names the field. They become the same JSON that the Api takes, and the site's own rules say what is wrong with it.</summary>
public sealed class SiteForm
{
    /// <summary>What the form calls the way to log in; the Api knows it by what is given.</summary>
    public const string Login = "login";

    /// <summary>Sent with the field when the box is shown, since a box that is not ticked sends nothing.</summary>
    public const string NotTicked = "false";

    private static readonly string[] Texts = ["key", "name", "group", "description", "interval", "recheck", "check.kind", "check.target", "check.timeout", "check.degradedAbove"];
    private static readonly string[] Numbers = ["failureThreshold", "recoveryThreshold"];
    private static readonly string[] HttpTexts = ["method", "body", "statusCodes", "mustMatch", "mustNotMatch", "jsonCondition", "version"];
    private static readonly string[] HttpNumbers = ["maxRedirects", "maxBytes"];

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly bool _hasSecret;

    private SiteForm(Site? stored) => _hasSecret = stored?.Spec.Http?.Secret is not null;

    /// <summary>Text of a field; empty when it has none.</summary>
    public string this[string field] => _texts.GetValueOrDefault(field, "");

    /// <summary>A password or token is stored: it stays as long as nothing else is typed.</summary>
    public bool KeepsSecret => _hasSecret;

    public static SiteForm New() => Of(new Site { Key = "", Name = "", Spec = new CheckSpec { Target = "" } }, null);

    public static SiteForm From(Site site) => Of(site, site);

    public static SiteForm Sent(IFormCollection sent, Site? stored)
    {
        var form = new SiteForm(stored);
        foreach (var (field, text) in sent)
        {
            // A hidden field says what a box says that is not ticked.
            form._texts[field] = (text.LastOrDefault() ?? "").Trim().ReplaceLineEndings("\n");
        }

        return form;
    }

    /// <returns>Null with at least one error.</returns>
    public SiteInput? ToInput(FieldErrors errors)
    {
        var json = new JsonObject { ["check"] = Check(), ["tags"] = Lines("tags", ','), ["enabled"] = this["enabled"] == "true" };
        foreach (var field in Texts.Where(field => !field.Contains('.', StringComparison.Ordinal)))
        {
            Put(json, field, field);
        }

        foreach (var field in Numbers)
        {
            Put(json, field, field, isNumber: true);
        }

        // The rules take what is missing for another way to log in, or for none.
        if (this["check.kind"] == "http" && this[Login] == "basic" && this["check.http.user"].Length == 0)
        {
            errors.Add("check.http.user", "A user name is needed with a password.");
        }

        if (this["check.kind"] == "http" && this[Login].Length > 0 && !_hasSecret && this["check.http.secret"].Length == 0)
        {
            errors.Add("check.http.secret", this[Login] == "basic" ? "A password is needed with the user name." : "A token is needed.");
        }

        // Each by itself, so that everything that cannot be read is told at once.
        foreach (var (name, value) in json)
        {
            JsonInput.Read<SiteInput>(new JsonObject { [name] = value?.DeepClone() }.ToJsonString(), ScheduleInput.Json, errors);
        }

        return errors.Count > 0 ? null : JsonInput.Read<SiteInput>(json.ToJsonString(), ScheduleInput.Json, errors);
    }

    private JsonObject Check()
    {
        var check = new JsonObject();
        foreach (var field in Texts.Where(field => field.StartsWith("check.", StringComparison.Ordinal)))
        {
            Put(check, field["check.".Length..], field);
        }

        switch (this["check.kind"])
        {
            case "http":
                check["http"] = Http();
                break;
            case "dns":
                check["dns"] = new JsonObject { ["expected"] = Lines("check.dns.expected", '\n') };
                Put(check["dns"]!.AsObject(), "record", "check.dns.record");
                Put(check["dns"]!.AsObject(), "server", "check.dns.server");
                break;
        }

        return check;
    }

    private JsonObject Http()
    {
        var http = new JsonObject { ["headers"] = Lines("check.http.headers", '\n'), ["verifyTls"] = this["check.http.verifyTls"] != NotTicked };
        foreach (var field in HttpTexts)
        {
            Put(http, field, "check.http." + field);
        }

        foreach (var field in HttpNumbers)
        {
            Put(http, field, "check.http." + field, isNumber: true);
        }

        if (this["check.http.certificateDays"] is { Length: > 0 } days)
        {
            http["certificateDays"] = days == "0" ? null : Number(days);
        }

        if (this[Login] is "basic" or "bearer")
        {
            http["user"] = this[Login] == "basic" ? this["check.http.user"] : null;
            http["secret"] = this["check.http.secret"] is { Length: > 0 } secret ? secret : _hasSecret ? SecretOptions.Mask : null;
        }

        return http;
    }

    private static SiteForm Of(Site site, Site? stored)
    {
        var form = new SiteForm(stored);
        var (spec, http, dns) = (SiteSecrets.Hide(site.Spec), SiteSecrets.Hide(site.Spec).Http ?? new HttpCheck(), site.Spec.Dns ?? new DnsCheck());
        var isNew = stored is null;
        form.Set(("key", site.Key), ("name", site.Name), ("group", site.Group), ("tags", string.Join(", ", site.Tags)), ("description", site.Description), ("enabled", site.Enabled ? "true" : "false"));
        form.Set(("interval", isNew ? "" : Text(site.Interval)), ("recheck", Text(site.Recheck)), ("failureThreshold", isNew ? "" : Text(site.FailureThreshold)), ("recoveryThreshold", isNew ? "" : Text(site.RecoveryThreshold)));
        form.Set(("check.kind", Words<SiteKind>.Of(spec.Kind)), ("check.target", spec.Target), ("check.timeout", isNew ? "" : Text(spec.Timeout)), ("check.degradedAbove", Text(spec.DegradedAbove)));
        form.Set(("check.http.method", http.Method), ("check.http.headers", string.Join('\n', http.Headers)), ("check.http.body", http.Body ?? ""), (Login, http.Secret is null ? "" : http.User is null ? "bearer" : "basic"), ("check.http.user", http.User ?? ""));
        form.Set(("check.http.statusCodes", isNew ? "" : http.StatusCodes), ("check.http.mustMatch", http.MustMatch ?? ""), ("check.http.mustNotMatch", http.MustNotMatch ?? ""), ("check.http.jsonCondition", http.JsonCondition ?? ""), ("check.http.version", http.Version));
        form.Set(("check.http.maxRedirects", isNew ? "" : Text(http.MaxRedirects)), ("check.http.maxBytes", isNew ? "" : Text(http.MaxBytes)), ("check.http.verifyTls", http.VerifyTls ? "true" : NotTicked), ("check.http.certificateDays", isNew ? "" : Text(http.CertificateDays ?? 0)));
        form.Set(("check.dns.record", dns.Record), ("check.dns.expected", string.Join('\n', dns.Expected)), ("check.dns.server", dns.Server ?? ""));
        return form;
    }

    private void Set(params ReadOnlySpan<(string Field, string Text)> fields)
    {
        foreach (var (field, text) in fields)
        {
            _texts[field] = text;
        }
    }

    /// <summary>Nothing typed is the default.</summary>
    private void Put(JsonObject json, string name, string field, bool isNumber = false)
    {
        if (this[field] is { Length: > 0 } text)
        {
            json[name] = isNumber ? Number(text) : JsonValue.Create(text);
        }
    }

    private JsonArray Lines(string field, char separator) => [.. this[field].Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => (JsonNode)line)];

    private static JsonNode Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : JsonValue.Create(text);

    private static string Text(TimeSpan? duration) => duration?.ToString("c", CultureInfo.InvariantCulture) ?? "";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
