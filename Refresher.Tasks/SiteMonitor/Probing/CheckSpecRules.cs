using System.Net;
using System.Text;
using Refresher.Core;
using Refresher.Core.Http;
using Refresher.Tasks.SiteMonitor.Probing.Conditions;
using Refresher.Tasks.SiteMonitor.Probing.Names;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>What a check must be like before it is stored.</summary>
internal static class CheckSpecRules
{
    private const int MostTarget = 2000;
    private const int MostHeaders = 50;
    private const int MostExpected = 20;
    private const int MostExpectedCharacters = 500;
    private const int MostHeader = 2000;
    private const int MostBodyBytes = 64 * 1024;
    private const int MostBytes = 10 * 1024 * 1024;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    /// <summary>Adds what is wrong with <paramref name="spec"/>, each under the name of its field.</summary>
    /// <param name="prefix">Where the spec stands in the input: <c>check</c>; empty at the top.</param>
    public static void Check(CheckSpec spec, FieldErrors errors, string prefix)
    {
        var found = new FieldErrors();
        if (spec.Timeout < Shortest || spec.Timeout > Longest)
        {
            found.Add("timeout", "From 100 ms to 2 min is possible.");
        }

        if (spec.DegradedAbove is { } slow && (slow <= TimeSpan.Zero || slow >= spec.Timeout))
        {
            found.Add("degradedAbove", "It has to be more than nothing and less than the timeout.");
        }

        CheckKind(spec, found);
        errors.AddAll(found, prefix);
    }

    private static void CheckKind(CheckSpec spec, FieldErrors errors)
    {
        if (spec.Http is not null && spec.Kind != SiteKind.Http)
        {
            errors.Add("http", "Only a check of kind http has this.");
        }

        if (spec.Dns is not null && spec.Kind != SiteKind.Dns)
        {
            errors.Add("dns", "Only a check of kind dns has this.");
        }

        if (string.IsNullOrWhiteSpace(spec.Target) || spec.Target.Length > MostTarget)
        {
            errors.Add("target", $"1 to {MostTarget} characters are needed.");
            return;
        }

        switch (spec.Kind)
        {
            case SiteKind.Http:
                CheckUrl(spec.Target, errors);
                CheckHttp(spec.Http ?? new HttpCheck(), errors);
                break;
            case SiteKind.Tcp when !HostAndPort.TryParse(spec.Target, null, out _):
                errors.Add("target", "A name or address and a port are needed: db.example.com:5432, [2001:db8::1]:5432.");
                break;
            case SiteKind.Dns:
                CheckDns(spec.Target, spec.Dns ?? new DnsCheck(), errors);
                break;
        }
    }

    private static void CheckDns(string target, DnsCheck check, FieldErrors errors)
    {
        if (!DnsQuestion.TryName(target, out _))
        {
            errors.Add("target", "A name is needed: example.com, _dmarc.example.com.");
        }

        if (!DnsRecord.TryType(check.Record, out _))
        {
            errors.Add("dns.record", $"One of {string.Join(", ", DnsRecord.Types)} is needed.");
        }

        if (check.Expected.Count > MostExpected || check.Expected.Any(expected => string.IsNullOrWhiteSpace(expected) || expected.Length > MostExpectedCharacters))
        {
            errors.Add("dns.expected", $"At most {MostExpected} answers of 1 to {MostExpectedCharacters} characters are possible.");
        }

        if (check.Server is not null && !(HostAndPort.TryParse(check.Server, otherwise: 53, out var server) && IPAddress.TryParse(server.Host, out _)))
        {
            errors.Add("dns.server", "An address is needed, with a port if it is not 53: 192.0.2.53, 192.0.2.53:5353, [2001:db8::53]:53.");
        }
    }

    private static void CheckUrl(string target, FieldErrors errors)
    {
        if (!Uri.TryCreate(target, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.IdnHost.Length == 0)
        {
            errors.Add("target", "An absolute http:// or https:// address is needed.");
        }
        else if (url.UserInfo.Length > 0)
        {
            errors.Add("target", "User name and password have fields of their own, http.user and http.secret.");
        }
    }

    private static void CheckHttp(HttpCheck check, FieldErrors errors)
    {
        void Add(bool wrong, string field, string message)
        {
            if (wrong)
            {
                errors.Add("http." + field, message);
            }
        }

        Add(!Methods.Contains(check.Method), "method", $"One of {string.Join(", ", Methods)} is needed.");
        Add(check.Version is not ("1.1" or "2"), "version", "1.1 or 2 is needed.");
        Add(check.Headers.Count > MostHeaders, "headers", $"At most {MostHeaders} headers are possible.");
        Add(check.Headers.Any(line => line.Length > MostHeader || !HeaderLine.TryParse(line, out _)), "headers", $"Each line is like 'Name: value', of at most {MostHeader} characters; what frames the message (Content-Length, Connection …) cannot be set.");
        Add(check.Body is not null && Encoding.UTF8.GetByteCount(check.Body) > MostBodyBytes, "body", "At most 64 KiB are possible.");
        Add(!string.IsNullOrEmpty(check.Body) && check.Method is not ("POST" or "PUT" or "PATCH"), "body", "Only POST, PUT and PATCH have a body.");
        Add(check.User is { } user && (user.Length > 200 || user.Contains(':', StringComparison.Ordinal) || user.Any(char.IsControl)), "user", "At most 200 characters without a colon are possible.");
        Add(!string.IsNullOrEmpty(check.User) && string.IsNullOrEmpty(check.Secret), "secret", "A password is needed with the user name.");
        Add(check.Secret is { } secret && (secret.Length > MostHeader || secret.Any(char.IsControl)), "secret", $"At most {MostHeader} characters, none of them a line end, are possible.");
        Add(check.MaxRedirects is < 0 or > 20, "maxRedirects", "0 to 20 are possible.");
        Add(!StatusCodeSet.TryParse(check.StatusCodes, out _) || check.StatusCodes.Length > 200, "statusCodes", "Codes from 100 to 599 and ranges of them are needed: 200-299,401.");
        Add(check.MaxBytes is < 1 or > MostBytes, "maxBytes", $"1 to {PlainText.Of(MostBytes)} are possible.");
        Add(check.CertificateDays is < 1 or > 365, "certificateDays", "1 to 365 days are possible.");
        CheckPattern(check.MustMatch, "http.mustMatch", errors);
        CheckPattern(check.MustNotMatch, "http.mustNotMatch", errors);
        CheckCondition(check, errors);
    }

    private static void CheckPattern(string? pattern, string field, FieldErrors errors)
    {
        if (pattern is { Length: 0 or > BodyPatterns.MostCharacters })
        {
            errors.Add(field, $"1 to {BodyPatterns.MostCharacters} characters are possible; leave it out for none.");
        }
        else if (pattern is not null && !BodyPatterns.TryMake(pattern, out _, out var fault))
        {
            errors.Add(field, $"{fault.TrimEnd('.')}. Look-around and back-references are not supported.");
        }
    }

    private static void CheckCondition(HttpCheck check, FieldErrors errors)
    {
        if (check.JsonCondition is { Length: 0 or > JsonCondition.MostCharacters })
        {
            errors.Add("http.jsonCondition", $"1 to {JsonCondition.MostCharacters} characters are possible; leave it out for none.");
        }
        else if (check.JsonCondition is not null && !JsonCondition.TryParse(check.JsonCondition, out _, out var fault))
        {
            errors.Add("http.jsonCondition", fault);
        }

        if (check.Method == "HEAD" && (check.MustMatch ?? check.JsonCondition) is not null)
        {
            errors.Add("http.method", "HEAD has no body to look at.");
        }
    }
}
