using Microsoft.AspNetCore.Identity;

namespace Refresher.Core.Access;

/// <summary>A person who may log in to the admin.</summary>
public sealed class RefresherUser : IdentityUser<Guid>;
