using System.ComponentModel.DataAnnotations;

namespace Refresher.Core.Access.Users;

/// <summary>A user as people and programs give it.</summary>
public sealed record UserInput
{
    /// <summary>Stays: it is what the audit calls the user.</summary>
    [Required(ErrorMessage = "name is needed: 1 to 64 letters, digits or any of - . _ @ +")]
    [StringLength(64, ErrorMessage = "name: at most 64 characters.")]
    [RegularExpression("^[A-Za-z0-9._@+-]*$", ErrorMessage = "name: letters, digits and any of - . _ @ + are possible.")]
    public string? Name { get; init; }

    /// <summary>One of <see cref="Roles"/>.</summary>
    [Required(ErrorMessage = "role is needed: viewer, operator or admin.")]
    public string? Role { get; init; }

    internal FieldErrors Check()
    {
        var errors = JsonInput.Validate(this, new FieldErrors());
        return Role is null || Roles.All.Contains(Role) ? errors : errors.Add("role", $"role: one of {string.Join(", ", Roles.All)}.");
    }
}

/// <summary>What may be changed of a user.</summary>
public sealed record UserRoleInput
{
    /// <inheritdoc cref="UserInput.Role"/>
    public string? Role { get; init; }
}

/// <summary>A user with the role, and how many sessions go on.</summary>
public sealed record UserStanding(RefresherUser User, string? Role, int Sessions);

/// <summary>A user with a password that was made just now: it is told once, and has to be changed at the next login.</summary>
public sealed record UserWithPassword(RefresherUser User, string Password);
