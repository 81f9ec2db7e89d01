"""Addresses under `/desk/` of people and keys, with those of allauth's pages that are of use here."""

from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from upstander.server.accounts import pages, passkeys, views
from upstander.server.accounts.decorators import desk_page, proof_again, staff_page

urlpatterns = [
    path("sign-in/", views.sign_in_page, name="account_login"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("again/", views.again, name="account_reauthenticate"),
    path("welcome/<str:token>/", views.welcome, name="desk-welcome"),
    path("keys/new/", views.set_up, name="desk-set-up"),
    path("keys/", pages.keys, name="desk-keys"),
    path("keys/passkey/", pages.new_passkey, name="desk-passkey"),
    path("keys/words/", pages.new_words, name="desk-words"),
    path("keys/change/", pages.new_key, name="desk-new-key"),
    path("people/", pages.all_people, name="desk-people"),
    path("people/<slug:username>/invite/", pages.person_act, {"act": "invite"}, name="desk-invite"),
    path("people/<slug:username>/lost/", pages.person_act, {"act": "lost"}, name="desk-lost"),
    path("people/<slug:username>/end/", pages.person_act, {"act": "end"}, name="desk-end"),
    path("channel/<str:channel_id>/", pages.channel, name="desk-channel"),
    path("channel/<str:channel_id>/leave/<str:key_id>/", pages.leaver, name="desk-leaver"),
    path("channel/<str:channel_id>/first/<str:key_id>/", pages.first_member, name="desk-first"),
    path("recover/", pages.recover, name="desk-recover"),
    path("recover/<str:channel_id>/", pages.recover_channel, name="desk-recover-channel"),
    path("account/inactive/", views.inactive, name="account_inactive"),
    # the second step, and passkeys, by the names allauth knows them under
    path("account/2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("account/2fa/", desk_page(pages.keys), name="mfa_index"),
    path("account/2fa/reauthenticate/", desk_page(views.again), name="mfa_reauthenticate"),
    path("account/2fa/totp/activate/", desk_page(proof_again(totp.activate_totp)), name="mfa_activate_totp"),
    path(
        "account/2fa/totp/deactivate/",
        desk_page(proof_again(totp.deactivate_totp)),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/2fa/recovery-codes/",
        desk_page(proof_again(codes.view_recovery_codes)),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/2fa/recovery-codes/generate/",
        desk_page(proof_again(codes.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path("account/2fa/webauthn/", desk_page(pages.keys), name="mfa_list_webauthn"),
    path(
        "account/2fa/webauthn/add/", desk_page(proof_again(passkeys.Add.as_view())), name="mfa_add_webauthn"
    ),
    path("account/2fa/webauthn/login/", passkeys.Login.as_view(), name="mfa_login_webauthn"),
    path(
        "account/2fa/webauthn/reauthenticate/",
        staff_page(passkeys.Again.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "account/2fa/webauthn/keys/<int:pk>/remove/",
        desk_page(proof_again(webauthn.remove_webauthn)),
        name="mfa_remove_webauthn",
    ),
]
