namespace Refresher.Tasks.SiteMonitor.Probing;

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
