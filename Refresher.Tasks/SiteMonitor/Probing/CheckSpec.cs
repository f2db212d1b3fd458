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
public sealed record CheckSpec
{
    public SiteKind Kind { get; init; }

    /// <summary>An absolute http or https address; <c>host:port</c> for TCP; a name for DNS. At most 2,000 characters.</summary>
    public required string Target { get; init; }

    /// <summary>For all phases together, redirects included: 100 ms to 2 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

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
    public string Method { get; init; } = "GET";

    /// <summary>Lines <c>Name: value</c>; values are secret: stored sealed, shown masked.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Sent with POST, PUT and PATCH; at most 64 KiB.</summary>
    public string? Body { get; init; }

    public string? User { get; init; }

    /// <summary>With <see cref="User"/> basic authentication, without it a bearer token. Secret.</summary>
    public string? Secret { get; init; }

    /// <summary>0 to 20; 0: a redirect is the answer.</summary>
    public int MaxRedirects { get; init; } = 10;

    /// <summary>As <c>200-299,401</c>.</summary>
    public string StatusCodes { get; init; } = "200-299";

    /// <summary>A regular expression that the body must match.</summary>
    public string? MustMatch { get; init; }

    /// <summary>A regular expression that the body must not match.</summary>
    public string? MustNotMatch { get; init; }

    /// <summary>A condition on a JSON body: <c>$.status == "ok"</c>.</summary>
    public string? JsonCondition { get; init; }

    /// <summary>What is read of the body at most, and what it may be long: 1 byte to 10 MiB.</summary>
    public int MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>Whether the certificate must be valid for the name.</summary>
    public bool VerifyTls { get; init; } = true;

    /// <summary>A certificate that expires within these days is told of; null: never. 1 to 365.</summary>
    public int? CertificateDays { get; init; } = 14;

    /// <summary><c>1.1</c> or <c>2</c>.</summary>
    public string Version { get; init; } = "1.1";
}

/// <summary>A DNS question and the answer expected.</summary>
public sealed record DnsCheck
{
    /// <summary>A, AAAA, CNAME, MX, NS, TXT, SOA, SRV or CAA.</summary>
    public string Record { get; init; } = "A";

    /// <summary>Every one of these must be among the answers; empty: any answer will do.</summary>
    public IReadOnlyList<string> Expected { get; init; } = [];

    /// <summary>The server to ask, <c>address[:port]</c>; null: the machine's own.</summary>
    public string? Server { get; init; }
}

/// <summary>What one look at a site found. Times are null for phases that did not happen.</summary>
public sealed record CheckResult
{
    public required CheckStatus Status { get; init; }

    /// <summary>Why it is not up, as a category that may be shown to visitors; null when it is.</summary>
    public CheckFault? Fault { get; init; }

    /// <summary>Why it is not up, in words, for the admin only; at most 500 characters.</summary>
    public string? Error { get; init; }

    /// <summary>HTTP status of the last answer.</summary>
    public int? StatusCode { get; init; }

    public double? DnsMs { get; init; }

    public double? ConnectMs { get; init; }

    public double? TlsMs { get; init; }

    /// <summary>From the request sent to the first byte of the answer's head.</summary>
    public double? FirstByteMs { get; init; }

    public double? TransferMs { get; init; }

    /// <summary>From the beginning to the end, redirects included.</summary>
    public required double TotalMs { get; init; }

    /// <summary>Of the body, as it was read.</summary>
    public long? Bytes { get; init; }

    /// <summary>The address connected to.</summary>
    public string? Address { get; init; }

    public DateTimeOffset? CertificateExpiresAt { get; init; }

    /// <summary>Whether the body matched <see cref="HttpCheck.MustMatch"/>; null when none is asked for.</summary>
    public bool? Matched { get; init; }

    /// <summary>The beginning of a failing answer's body, at most 4 KiB.</summary>
    public string? Body { get; init; }
}

/// <summary>The outcome of one look.</summary>
public enum CheckStatus
{
    Up,

    /// <summary>It answers as it should, but slowly.</summary>
    Degraded,
    Down,

    /// <summary>We could not look: we are offline ourselves. It counts for nothing.</summary>
    Unknown,
}

/// <summary>Why a check failed, as a visitor may read it.</summary>
public enum CheckFault
{
    /// <summary>The name cannot be resolved, or the DNS answer is not the expected one.</summary>
    Dns,
    Refused,
    Unreachable,
    Reset,
    Timeout,
    Tls,
    Status,
    Content,
    TooLarge,
    Redirects,
    Protocol,

    /// <summary>The address is one that must not be called.</summary>
    Forbidden,
    Slow,
    Offline,
    Internal,
}

/// <summary>How specs and results are written in the database and in events.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CheckSpec))]
[JsonSerializable(typeof(CheckResult))]
internal sealed partial class ProbingJson : JsonSerializerContext;
