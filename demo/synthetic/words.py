"""What is said in a session, and how often: subjects, ways of asking, notes.

Published are the tables of telephone lines, not of the centres of Jeonbuk. Where one of them fits, its shares are
taken; the others are made up, and so is how a printed category divides into topics.
"""

# What a counsellor copied from a message, in the client's language, with the summary in Korean.
FOREIGN_NOTES = {
    "vi": (
        ("Công ty chưa trả lương hai tháng nay.", "두 달째 임금을 받지 못함."),
        ("Tôi muốn gia hạn visa nhưng chưa đặt được lịch.", "체류 연장 방문예약이 되지 않음."),
    ),
    "ne": (("दुई महिनादेखि तलब पाएको छैन।", "두 달째 임금을 받지 못함."),),
    "km": (("ខ្ញុំចង់ប្តូរកន្លែងធ្វើការ។", "사업장을 바꾸고 싶어 함."),),
    "mn": (("Визний хугацаагаа сунгуулмаар байна.", "체류 기간을 연장하려 함."),),
    "th": (("ต้องการล่ามไปโรงพยาบาล", "병원 진료 통역을 요청함."),),
    "my": (("ကျန်းမာရေးအာမခံ ကြေးအကြောင်း သိချင်ပါတယ်။", "건강보험료를 문의함."),),
    "zh": (("老板没有给我退职金。", "퇴직금을 받지 못함."), ("想了解如何申请家属签证。", "가족 초청 절차를 문의함.")),
    "ru": (("Хочу записаться на курсы корейского языка.", "한국어 교육 신청을 문의함."),),
    "uz": (("Ish joyimni almashtirmoqchiman.", "사업장을 바꾸고 싶어 함."),),
}
KOREAN_NOTES = (
    "구비 서류를 안내하고 방문예약을 도움.",
    "사업주와 통화하여 지급 예정일을 확인함.",
    "고용노동지청 진정 절차를 안내함.",
    "병원 예약과 통역을 지원함.",
    "임대차 계약서를 함께 읽고 설명함.",
)

# 외국인력상담센터 1577-0071 (newsprime no=311615): reporting duties 27.8, language 27.4, change of workplace 16.6,
# conflict at work 15.5, return 5.7, daily life 5.6, illness, injury and death 1.1; the rest is not broken down.
WORKER_TOPICS = {
    "labour.permit_reporting": 6, "stay.registration": 5, "stay.extension": 12, "stay.status_change": 4.8,
    "interpreting.oral": 12, "interpreting.three_way": 4, "interpreting.translation": 4,
    "health.medical_interpreting": 5, "education.korean": 2.4, "labour.workplace_change": 16.6, "labour.wages": 8,
    "labour.severance": 2.5, "labour.workplace_conflict": 5, "labour.return_insurance": 3.2, "emergency.return": 2.5,
    "living.banking": 2.4, "living.housing": 1.8, "living.driving": 1.4, "labour.accident": 0.7, "health.costs": 0.4,
}  # fmt: skip
# 다누리콜센터 1577-1366 in 2017 (yna AKR20180322051100371): daily life 41.1, divorce and law 15.9, stay, nationality
# and work 14.8, conflict in the family 13.8, violence 9.9, shelter 3.7.
FAMILY_TOPICS = {
    "living.benefits": 12, "living.housing": 7, "living.accompaniment": 8, "education.korean": 6,
    "education.children": 8.1, "family.divorce": 10, "legal.civil": 5.9, "stay.extension": 5,
    "stay.residence_nationality": 6, "jobs.employment": 3.8, "family.couple": 9, "family.children": 4.8,
    "family.domestic_violence": 8.4, "family.sexual_violence": 1.5, "emergency.shelter": 3.7,
}  # fmt: skip
STUDENT_TOPICS = {
    "stay.extension": 22, "stay.status_change": 12, "stay.provincial_d2": 12, "jobs.students": 16, "education.kiip": 8,
    "education.korean": 8, "living.housing": 7, "living.banking": 5, "health.insurance": 6, "labour.wages": 4,
}  # fmt: skip
# Who asked: 1577-0071 had 82 % workers and 18 % employers (labortoday idxno=112824); 다누리 51.6 % the client, 16.2 %
# the spouse, 13.5 % police, shelters and centres.
WORKER_CALLERS = {"self": 82, "employer": 18}
FAMILY_CALLERS = {
    "self": 51.6, "spouse": 16.2, "institution": 13.5, "family": 8.7, "acquaintance": 7, "interpreter": 2, "other": 1,
}  # fmt: skip
STUDENT_CALLERS = {"self": 92, "acquaintance": 5, "institution": 3}
# The published splits are those of call centres; to a centre with a door people come.
CHANNELS = {
    "visit": 46, "phone": 26, "messenger": 11, "accompany": 6, "three_way": 4, "outreach": 4, "online": 1.6,
    "email": 0.8, "post": 0.3, "other": 0.3,
}  # fmt: skip
IN_KOREAN = 0.318  # of what 1577-0071 heard (newsprime no=311615)
OUTCOMES = {
    "informed": 52, "resolved": 18, "partly_resolved": 6, "referred": 12, "in_progress": 7, "lost_contact": 2,
    "transferred": 1, "out_of_scope": 1, "unresolved": 1,
}  # fmt: skip
# Of the callers of the line of 충남 40 % lived outside the province (kknews idxno=48160). To a centre people
# come from nearby, so it is taken for those alone who ask from afar and leave no name; the rest is made up.
OUTSIDE = 0.4
AFAR = {"phone", "messenger", "three_way", "online", "email"}
NOT_TOLD = 0.15  # of the residences
URGENCIES = {"routine": 68, "soon": 9, "urgent": 2, "": 21}
# Where somebody is in need or in danger.
PRESSING = {"family.domestic_violence", "family.sexual_violence", "emergency.shelter", "labour.accident"}
URGENCIES_PRESSING = {"routine": 8, "soon": 37, "urgent": 45, "": 10}
NOT_GIVEN = 0.08  # of what was held in Korean with speakers of other languages: they had asked for their own
INTERPRETATIONS = {"counsellor": 45, "interpreter": 22, "app": 13, "acquaintance": 12, "three_way": 8}
MINUTES = (10, 15, 20, 20, 30, 30, 40, 60, 90)
