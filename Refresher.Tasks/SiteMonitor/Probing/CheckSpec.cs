using System.Text.Json.Serialization;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>How a site is looked at.</summary>
public enum SiteKind
{
    Http,
    Tcp,
    Dns,
}

/// <summary>One look at a site: what is asked and what is expected. Stored with the site as JSON.</summary>
/// <remarks>What has a default can be set, for generated readers would take its default from it (an <c>init</c> that is not in the JSON becomes null or 0).</remarks>
public sealed record CheckSpec
{
    public SiteKind Kind { get; init; }

    /// <summary>An absolute http or https address; <c>host:port</c> for TCP; a name for DNS. At most 2,000 characters.</summary>
    public required string Target { get; init; }

    /// <summary>For all phases together, redirects included: 100 ms to 2 min.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Slower than this is degraded; null: however slow it is, it is up.</summary>
    public TimeSpan? DegradedAbove { get; init; }

    /// <summary>Null unless <see cref="Kind"/> is HTTP; there, null means all defaults.</summary>
    public HttpCheck? Http { get; init; }

    /// <summary>Null unless <see cref="Kind"/> is DNS.</summary>
    public DnsCheck? Dns { get; init; }
}

/// <summary>An HTTP request and what its answer must be like.</summary>
public sealed record HttpCheck
{
    public string Method { get; set; } = "GET";

    /// <summary>Lines <c>Name: value</c>; values are secret: stored sealed, shown masked.</summary>
    public IReadOnlyList<string> Headers { get; set; } = [];

    /// <summary>Sent with POST, PUT and PATCH; at most 64 KiB.</summary>
    public string? Body { get; init; }

    public string? User { get; init; }

    /// <summary>With <see cref="User"/> basic authentication, without it a bearer token. Secret.</summary>
    public string? Secret { get; init; }

    /// <summary>0 to 20; 0: a redirect is the answer.</summary>
    public int MaxRedirects { get; set; } = 10;

    /// <summary>As <c>200-299,401</c>.</summary>
    public string StatusCodes { get; set; } = "200-299";

    /// <summary>A regular expression that the body must match.</summary>
    public string? MustMatch { get; init; }

    /// <summary>A regular expression that the body must not match.</summary>
    public string? MustNotMatch { get; init; }

    /// <summary>A condition on a JSON body: <c>$.status == "ok"</c>.</summary>
    public string? JsonCondition { get; init; }

    /// <summary>What is read of the body at most, and what it may be long: 1 byte to 10 MiB.</summary>
    public int MaxBytes { get; set; } = 1024 * 1024;

    /// <summary>Whether the certificate must be valid for the name.</summary>
    public bool VerifyTls { get; set; } = true;

    /// <summary>A certificate that expires within these days is told of; null: never. 1 to 365.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? CertificateDays { get; set; } = 14;

    /// <summary><c>1.1</c> or <c>2</c>.</summary>
    public string Version { get; set; } = "1.1";
}

/// <summary>A DNS question and the answer expected.</summary>
public sealed record DnsCheck
{
    /// <summary>A, AAAA, CNAME, MX, NS, TXT, SOA, SRV or CAA.</summary>
    public string Record { get; set; } = "A";

    /// <summary>Every one of these must be among the answers; empty: any answer will do.</summary>
    public IReadOnlyList<string> Expected { get; set; } = [];

    /// <summary>The server to ask, <c>address[:port]</c>; null: the machine's own.</summary>
    public string? Server { get; init; }
}
