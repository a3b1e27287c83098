/*
 * From root to an ordinary user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drop.h"

static const struct passwd *choose(const char *name, const char *state)
{
    struct stat st;

    if (name) {
        return getpwnam(name);
    }
    return stat(state, &st) == 0 && st.st_uid != 0 ? getpwuid(st.st_uid) :
                                                     NULL;
}

bool drop_privileges(const char *name, const char *state)
{
    const struct passwd *user;

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (geteuid() != 0) {
        if (name) {
            fprintf(stderr, "ilo-mgmt: only root can run as '%s'\n", name);
        }
        return !name;
    }
    user = choose(name, state);
    if (!user) {
        fprintf(stderr, "ilo-mgmt: root does not serve the network: say "
                "--run-as USER, or give %s to an ordinary user\n", state);
        return false;
    }
    if (user->pw_uid == 0) {
        fprintf(stderr, "ilo-mgmt: warning: runs as root\n");
        return true;
    }
    if (setgroups(0, NULL) < 0 ||
        setresgid(user->pw_gid, user->pw_gid, user->pw_gid) < 0 ||
        setresuid(user->pw_uid, user->pw_uid, user->pw_uid) < 0 ||
        setuid(0) == 0) {
        fprintf(stderr, "ilo-mgmt: cannot become '%s': %s\n", user->pw_name,
                strerror(errno));
        return false;
    }
    return true;
}
