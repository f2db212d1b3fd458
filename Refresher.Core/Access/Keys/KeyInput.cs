using System.ComponentModel.DataAnnotations;

namespace Refresher.Core.Access.Keys;

/// <summary>A key to the Api as people and programs ask for it.</summary>
public sealed record KeyInput
{
    /// <summary>Unique: it is what the audit calls whoever uses the key.</summary>
    [Required(ErrorMessage = "name is needed: 1 to 100 characters.")]
    [StringLength(100, ErrorMessage = "name: at most 100 characters.")]
    [RegularExpression(@"^[^\x00-\x1f]*$", ErrorMessage = "name: no control characters.")]
    public string? Name { get; init; }

    /// <summary>One of <see cref="Roles"/>.</summary>
    [Required(ErrorMessage = "role is needed: viewer, operator or admin.")]
    public string? Role { get; init; }

    /// <summary>From when on it is refused; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A key that was made just now: its text is told once and kept nowhere.</summary>
public sealed record KeyWithText(ApiKey Key, string Text);
